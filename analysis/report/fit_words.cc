#include "analysis/report/fit_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <vector>

#include "analysis/regress/resample.h"
#include "analysis/report/checklist.h"
#include "analysis/report/plausibility.h"
#include "analysis/report/table_warnings.h"
#include "analysis/solve/limits.h"
#include "lib/core/text.h"
#include "lib/numeric/student_t.h"

namespace isoflop {
namespace {

using Strings = std::vector<std::string>;

constexpr int kFewUnits = 10;
constexpr double kManyFailed = 0.05;
constexpr double kFlopsDisagree = 0.01;
constexpr double kOtherUnit = 100.0;  // no model is so unlike 6ND

/// Biases beyond these are worth a warning.
constexpr double kLargeParamsBias = 0.05;
constexpr double kLargeExponentBias = 0.01;

/// Scatter of minima that is as improbable as this is worth a warning.
constexpr double kByChanceAlone = 0.01;

void WarnOfChinchilla(const FitReport& report, Strings* warnings) {
  const auto& surface = Surface(report);
  if (!Supported(surface)) return;
  const ChinchillaFit& fit = *surface;
  if (!fit.certificate.converged) {
    warnings->push_back(
        "Approach 3: the optimum could not be reached to rounding; its last "
        "digits are uncertain");
  }
  if (fit.certificate.agreeing < Certificate::kFewestAgreeing ||
      10 * fit.certificate.agreeing < fit.certificate.starts) {
    warnings->push_back(fmt::format(
        "Approach 3: only {} of {} starts lead to the reported optimum",
        fit.certificate.agreeing, fit.certificate.starts));
  }
  for (const auto& [name, value, held, at_bound, profile] : fit.coefficients) {
    if (!profile || !FoundLower(*profile, fit)) continue;
    warnings->push_back(fmt::format(
        "Approach 3: with {} held elsewhere the objective is {:.2g} lower: the "
        "reported optimum is not the best",
        name, profile->improvement));
  }
  if (fit.student_t && fit.student_t->degrees_of_freedom == kFewestDegrees) {
    warnings->push_back(fmt::format(
        "Approach 3: the degrees of freedom of Student's t are at their lower "
        "bound {:g}: below it the likelihood need not have a bound",
        kFewestDegrees));
  }
  if (fit.law.E == 0.0 && !report.options.objective.fixed.contains("E")) {
    warnings->push_back(
        "Approach 3: E is at its lower bound 0: these data show no "
        "irreducible loss");
  }
}

/// The budgets whose minimum is of a kind, and kept or not, as "1e+18, 3e+18".
std::string BudgetsWith(const IsoflopFit& fit, MinimumKind kind,
                        bool kept = false) {
  Strings flops;
  for (const IsoflopBudget& budget : fit.budgets) {
    if (budget.minimum != kind || budget.has_minimum() != kept) continue;
    flops.push_back(fmt::format("{:.3g}", budget.flops));
  }
  return fmt::format("{}", fmt::join(flops, ", "));
}

void WarnOfFlatValleys(const IsoflopFit& fit, Strings* warnings) {
  for (const bool kept : {false, true}) {
    const auto flat = BudgetsWith(fit, MinimumKind::kFlat, kept);
    if (flat.empty()) continue;
    warnings->push_back(fmt::format(
        "Approach 2: at C = {} the loss bends by so few of its standard errors "
        "that noise alone could have made the valley; {}",
        flat,
        kept ? "it counts in the exponents, as --keep-flat says"
             : "left out of the exponents (with --keep-flat a minimum between "
               "the sizes counts)"));
  }
}

/// The noise of the runs is what the profiles show; minima that scatter more
/// differ by something else.
void WarnOfScatter(const IsoflopFit& fit, Strings* warnings) {
  const auto& found = fit.heterogeneity;
  if (found && found->p_value < kByChanceAlone) {
    warnings->push_back(fmt::format(
        "Approach 2: the minima scatter about their power law more than the "
        "noise of the runs explains, chi2 per degree of freedom {:.3g} (p = "
        "{:.2g}): something else differs between budgets, by {:.2g} of ln N*; "
        "it is in the weights and the intervals of the exponents",
        found->PerDegree(), found->p_value, found->tau));
  }
  if (fit.status == FitStatus::kOk && fit.a.spread && !found &&
      std::ranges::count_if(fit.budgets, &IsoflopBudget::has_minimum) == 2) {
    warnings->push_back(
        "Approach 2: two minima are in line whatever they are: the intervals "
        "of the exponents know the noise of the runs, and cannot know how "
        "minima scatter");
  }
}

void WarnOfIsoflop(const FitReport& report, Strings* warnings) {
  if (!report.isoflop) return;
  const auto edges = BudgetsWith(*report.isoflop, MinimumKind::kEdge);
  if (!edges.empty()) {
    warnings->push_back(
        fmt::format("Approach 2: the lowest loss lies outside of the sizes "
                    "tried at C = {}; left out of the exponents",
                    edges));
  }
  WarnOfFlatValleys(*report.isoflop, warnings);
  WarnOfScatter(*report.isoflop, warnings);
  const auto below = BudgetsWith(*report.isoflop, MinimumKind::kBelowAll);
  if (!below.empty()) {
    warnings->push_back(fmt::format(
        "Approach 2: at C = {} the lowest point of the curve lies far below "
        "every loss that was measured: a run went wrong there; left out of the "
        "exponents",
        below));
  }
  if (!report.isoflop->left_aside.empty()) {
    warnings->push_back(fmt::format(
        "Approach 2: {} that no noise explains {} left out of the profiles",
        Counted(report.isoflop->left_aside.size(), "run"),
        report.isoflop->left_aside.size() == 1 ? "is" : "are"));
  }
  if (report.isoflop->left_out > 0) {
    warnings->push_back(fmt::format(
        "Approach 2: {} to no budget, because the C of runs leaves "
        "no gap there",
        report.isoflop->left_out == 1
            ? "1 run belongs"
            : fmt::format("{} runs belong", report.isoflop->left_out)));
  }
  if (!report.isoflop->bias_warning.empty()) {
    warnings->push_back("Approach 2: " + report.isoflop->bias_warning);
  }
}

void WarnOfEnvelope(const FitReport& report, Strings* warnings) {
  if (!report.envelope) return;
  const EnvelopeFit& fit = *report.envelope;
  if (fit.source != EnvelopeSource::kCurves || fit.trunks == 0) return;
  warnings->push_back(fmt::format(
      "Approach 1: {} of its {} curves are trunks at a constant learning rate, "
      "whose training loss lies above the one after a cooldown: a size counts "
      "for what it is only where its branches end",
      fit.trunks, fit.curves));
}

void NoteWeights(const FitReport& report, Strings* notes) {
  if (!report.resampling || !report.isoflop) return;
  const IsoflopFit& fit = *report.isoflop;
  if (fit.status != FitStatus::kOk || fit.weights != MinimumWeights::kEqual) {
    return;
  }
  notes->push_back(
      "Approach 2: all minima count the same, because one of them has no "
      "variance over the resamples");
}

void WarnOfFailures(const FitReport& report, Strings* warnings) {
  const int resamples = report.resampling->resamples;
  const auto many = [&](int failed) {
    return failed > kManyFailed * resamples;
  };
  const auto& bootstrap = SurfaceBootstrap(report);
  if (Supported(Surface(report)) && !bootstrap) {
    warnings->push_back(
        "Approach 3: most bootstrap refits failed, so that there are no "
        "intervals");
  }
  if (bootstrap && many(bootstrap->failed)) {
    warnings->push_back(fmt::format(
        "Approach 3: {} of {} bootstrap refits failed and are left out: "
        "intervals are too narrow",
        bootstrap->failed, resamples));
  }
  const auto& isoflop = report.isoflop;
  if (Supported(isoflop) && many(isoflop->failed_resamples)) {
    warnings->push_back(fmt::format(
        "Approach 2: {} of {} resamples had fewer than two interior minima: "
        "the minima are known worse than their intervals say",
        isoflop->failed_resamples, resamples));
  }
}

void WarnOfBootstrap(const FitReport& report, Strings* warnings) {
  if (!report.resampling) return;
  const Resampling& resampling = *report.resampling;
  if (resampling.units < kFewUnits) {
    warnings->push_back(
        fmt::format("the bootstrap draws from only {}: intervals are rough and "
                    "tend to be too narrow",
                    Counted(resampling.units, NameOf(resampling.unit))));
  }
  if (resampling.unit == ResampleUnit::kRun && HasGroups(report.used)) {
    warnings->push_back(
        "runs that share a trunk were drawn one by one, although they share "
        "its noise: intervals are too narrow");
  }
  WarnOfFailures(report, warnings);
}

void WarnOfFlops(const FitReport& report, Strings* warnings) {
  if (report.observations.flops == FlopsKind::kSixND) return;
  double lowest = kInfinity, highest = 0.0;
  for (const Observation& o : report.used) {
    lowest = std::min(lowest, o.C / SixND(o.N, o.D));
    highest = std::max(highest, o.C / SixND(o.N, o.D));
  }
  if (std::max(highest, 1.0 / lowest) < 1.0 + kFlopsDisagree) return;
  const bool other_unit = highest < 1.0 / kOtherUnit || lowest > kOtherUnit;
  warnings->push_back(fmt::format(
      "the given FLOPs are {:.3g} to {:.3g} times 6ND{}; N* and D* of Approach "
      "3 take C to be 6ND",
      lowest, highest,
      other_unit ? ": N, D and C have to be parameters, tokens and FLOPs, not "
                   "millions or billions of them"
                 : ""));
}

}  // namespace

const std::optional<ChinchillaFit>& Surface(const FitReport& report) {
  return report.chinchilla ? report.chinchilla : report.unasked.chinchilla;
}

const std::optional<ChinchillaBootstrap>& SurfaceBootstrap(
    const FitReport& report) {
  return report.chinchilla ? report.chinchilla_bootstrap
                           : report.unasked.bootstrap;
}

std::string BiasInWords(const IsoflopFit& fit) {
  double lowest = 0.0;
  double highest = 0.0;
  for (const IsoflopBudget& budget : fit.budgets) {
    lowest = std::min(lowest, budget.params_bias.value_or(0.0));
    highest = std::max(highest, budget.params_bias.value_or(0.0));
  }
  const double exponent = fit.a_bias.value_or(0.0);
  if (std::max(highest, -lowest) < kLargeParamsBias &&
      std::abs(exponent) < kLargeExponentBias) {
    return {};
  }
  const bool parabola = fit.curve == IsoflopCurve::kParabola;
  return fmt::format(
      "on this grid the {} misplace N* by {:+.1f} % to {:+.1f} %{}, even "
      "without noise: {}",
      parabola ? "parabolas" : "interpolated minima", 100.0 * lowest,
      100.0 * highest,
      fit.a_bias ? fmt::format(" and a by {:+.3f}", exponent) : "",
      parabola ? "the valley is not a parabola that far from its lowest point"
               : "the sizes are too far apart");
}

FitReport InWords(FitReport report, const ExactLoss& exact) {
  if (auto& comparison = report.more_laws.comparison) {
    comparison->verdict =
        VerdictInWords(*comparison, report.observations.loss_unit);
  }
  if (auto& isoflop = report.isoflop) {
    isoflop->bias_warning = BiasInWords(*isoflop);
  }
  Strings& warnings = report.warnings;
  if (report.misfit) {
    report.misfit->in_words = MisfitInWords(report);
    warnings.insert(warnings.begin(), report.misfit->in_words);
  }
  std::ranges::move(TableWarnings(report), std::back_inserter(warnings));
  WarnOfFlops(report, &warnings);
  WarnOfChinchilla(report, &warnings);
  WarnOfIsoflop(report, &warnings);
  WarnOfEnvelope(report, &warnings);
  std::ranges::move(PlausibilityWarnings(report, exact),
                    std::back_inserter(warnings));
  NoteWeights(report, &report.notes);
  WarnOfBootstrap(report, &warnings);
  std::ranges::move(DiagnosticWarnings(report), std::back_inserter(warnings));
  std::ranges::move(ChecklistWarnings(report), std::back_inserter(warnings));
  return report;
}

}  // namespace isoflop
