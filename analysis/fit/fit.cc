#include "analysis/fit/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <utility>

#include "analysis/fit/misfit.h"
#include "analysis/regress/law_models.h"
#include "lib/core/error.h"
#include "lib/core/text.h"
#include "lib/core/transformed.h"

namespace isoflop {
namespace {

void RequirePositive(const ObservationSet& observations) {
  Require(!observations.rows.empty(), "{}: no observations",
          observations.source);
  for (std::size_t i = 0; i < observations.rows.size(); ++i) {
    const Observation& o = observations.rows[i];
    for (const double value : {o.N, o.D, o.L, o.C, o.weight}) {
      Require(std::isfinite(value) && value > 0.0,
              "{}: observation {}: N, D, L, C and weight must be finite and "
              "above 0, got {}",
              observations.source, i + 1, value);
    }
  }
}

/// Leaves out the `count` largest losses; of equal ones the later.
void DropLargest(int count, std::vector<Observation>* observations) {
  if (count == 0) return;
  auto order = OrderBy(observations->size(),
                       [&](std::size_t i) { return (*observations)[i].L; });
  order.resize(order.size() - static_cast<std::size_t>(count));
  std::ranges::sort(order);
  *observations =
      Transformed(order, [&](std::size_t i) { return (*observations)[i]; });
}

/// Returns the standard error of a residual, from that of the loss.
double ResidualStd(const Observation& o, ResidualKind residual) {
  return residual == ResidualKind::kLog ? *o.loss_std / o.L : *o.loss_std;
}

/// Multiplies the weights as WeightKind says, or notes what is left unused.
void Weigh(const FitOptions& options, std::vector<Observation>* used,
           std::vector<std::string>* notes) {
  if (options.weights == WeightKind::kColumn) {
    if (std::ranges::any_of(*used, [](const Observation& o) {
          return o.loss_std.has_value();
        })) {
      notes->push_back(
          "standard errors of the losses are given, but not used as weights: "
          "--weights loss_std does that");
    }
    return;
  }
  const ResidualKind residual = options.objective.residual;
  double mean_log = 0.0;
  for (std::size_t i = 0; i < used->size(); ++i) {
    const Observation& o = (*used)[i];
    Require(o.loss_std && std::isfinite(*o.loss_std) && *o.loss_std > 0.0,
            "--weights: loss_std needs a standard error above 0 for every "
            "run, and observation {} of those used has none",
            i + 1);
    mean_log +=
        std::log(ResidualStd(o, residual)) / static_cast<double>(used->size());
  }
  for (Observation& o : *used) {
    const double ratio = std::exp(mean_log) / ResidualStd(o, residual);
    o.weight *= ratio * ratio;
  }
}

/// Leaves of the observations what the options do.
void Keep(const FitOptions& options, ObservationSet* observations) {
  const auto read = static_cast<int>(observations->rows.size());
  Require(options.drop_largest_loss < read,
          "--drop-largest-loss: {} would leave none of the {} observations",
          options.drop_largest_loss, read);
  Require(options.envelope == EnvelopeSource::kFinal ||
              !observations->curves.empty(),
          "--envelope: must be final for {}: only sweep directories have "
          "training curves, and those only after a run has ended well",
          observations->source);
  DropLargest(options.drop_largest_loss, &observations->rows);
}

/// Takes the rows of the set.
void Summarise(ObservationSet* set, FitReport* report) {
  report->used = std::move(set->rows);
  set->rows.clear();
  const int dropped = report->options.drop_largest_loss;
  const auto used = static_cast<int>(report->used.size());
  const auto [least, most] =
      std::ranges::minmax(report->used, {}, &Observation::C);
  report->observations = {.source = set->source,
                          .read = used + dropped,
                          .dropped = dropped,
                          .used = used,
                          .params = set->params,
                          .flops = set->flops,
                          .loss_unit = set->loss_unit,
                          .smallest_flops = least.C,
                          .largest_flops = most.C,
                          .reach = ReachOf(report->used),
                          .learning_rates = set->learning_rates};
  report->settings = std::move(set->settings);
  report->repeats = SettingsOfRepeats(report->used, report->settings);
  report->seed_noise = SeedNoiseOf(report->used, report->options.seed_noise);
  report->notes = set->notes;
  report->warnings = set->warnings;
  Weigh(report->options, &report->used, &report->notes);
}

std::optional<Chinchilla> LawOf(const std::optional<ChinchillaFit>& fit) {
  return Supported(fit) ? std::optional(fit->law) : std::nullopt;
}

template <typename Fit>
const Fit* AddressOf(const std::optional<Fit>& fit) {
  return fit ? &*fit : nullptr;
}

/// Runs that no noise explains by Approach 3.
std::vector<std::size_t> OutlierRuns(const FitReport& report) {
  const auto law = LawOf(report.chinchilla);
  if (!law) return {};
  const auto found =
      OutliersOf(ResidualsOf(report.used, *law), report.chinchilla->free);
  if (!found) return {};
  return Transformed(found->runs, &RunResidual::run);
}

/// `outliers` are OutlierRuns of the report, whose surface is there.
void FitLaws(const CurveEnvelope* curves, std::span<const std::size_t> outliers,
             FitProgress* progress, FitReport* report) {
  const FitOptions& options = report->options;
  const std::vector<Observation>& used = report->used;
  const auto surface = LawOf(report->chinchilla);
  if (AskedFor(options, LawKind::kIsoflop)) {
    report->isoflop = FitIsoflopWithout(outliers, used, options.isoflop);
  }
  if (AskedFor(options, LawKind::kEnvelope)) {
    report->envelope = curves != nullptr ? curves->Fit() : FitEnvelope(used);
  }
  if (AskedFor(options, LawKind::kKaplan)) {
    Report(progress, "Kaplan's laws");
    report->kaplan = FitKaplan(used, surface);
  }
  report->more_laws = FitMoreLaws(used, options, report->chinchilla, progress);
}

/// `given` are the observations with N as it was given; without rows when that
/// is how they are used.
void AddConventions(ObservationSet given, std::span<const std::size_t> outliers,
                    FitReport* report) {
  const bool as_used = given.rows.empty();
  if (as_used) given.rows.swap(report->used);
  for (std::size_t i = 0; i < report->used.size(); ++i) {
    given.rows[i].weight = report->used[i].weight;
  }
  report->conventions = CompareConventions(given, report->options.objective,
                                           report->options.isoflop, outliers);
  if (as_used) given.rows.swap(report->used);
}

void AddUncertainty(const CurveEnvelope* curves, FitProgress* progress,
                    FitReport* report) {
  const FitOptions& options = report->options;
  if (options.bootstrap.resamples == 0) return;
  const Resampling resampling = Resolve(options.bootstrap, report->used);
  if (resampling.units < kFewestUnits) {
    report->warnings.push_back(fmt::format(
        "no intervals: the bootstrap would draw from only {}, and at least {} "
        "are needed to see a spread",
        Counted(resampling.units, NameOf(resampling.unit)), kFewestUnits));
    return;
  }
  const bool has_surface = LawOf(report->chinchilla).has_value();
  report->resampling = resampling;
  const Estimates estimates{
      .chinchilla = has_surface ? &*report->chinchilla : nullptr,
      .isoflop = AddressOf(report->isoflop),
      .envelope = AddressOf(report->envelope),
      .curves = curves,
      .kaplan = AddressOf(report->kaplan)};
  const auto replicates =
      Resample(report->used, resampling, options.objective, estimates,
               options.bootstrap.threads, progress);
  if (has_surface) {
    report->chinchilla_bootstrap = ChinchillaSpreads(
        replicates, report->chinchilla->law, resampling.units);
  }
  const int units = resampling.units;
  if (report->isoflop) AddSpreads(replicates, units, &*report->isoflop);
  if (report->envelope) AddSpreads(replicates, units, &*report->envelope);
  if (report->kaplan) AddSpreads(replicates, units, &*report->kaplan);
}

/// Of the law of Approach 3, if there is one and it is to be reported.
void AddDecisions(FitReport* report) {
  const FitOptions& options = report->options;
  if (!AskedFor(options, LawKind::kChinchilla)) {
    report->notes.push_back(
        "no allocation of budgets and no extrapolation test: both need "
        "Approach 3; add chinchilla to --laws");
    return;
  }
  const auto law = LawOf(report->chinchilla);
  if (!law) return;
  std::vector<Chinchilla> resampled;
  if (report->chinchilla_bootstrap) {
    resampled = report->chinchilla_bootstrap->laws;
  }
  const double largest = report->observations.largest_flops;
  LawBasis basis{.law = *law,
                 .resampled = resampled,
                 .largest_flops = largest,
                 .noise95 = std::nullopt};
  if (report->resampling) basis.units = report->resampling->units;
  if (report->seed_noise) basis.noise95 = Reach95(*report->seed_noise);
  report->allocations =
      Allocate(basis, options.budgets_flops.empty() ? DefaultBudgets(largest)
                                                    : options.budgets_flops);
}

/// Profiles take runs for independent: of runs that share trunks only what has
/// no end can be told. How often the others hold the truth: docs/coverage.md.
void DropProfilesOfGroups(FitReport* report) {
  if (!HasGroups(report->used)) return;
  bool dropped = false;
  if (report->chinchilla) dropped = DropBoundedProfiles(&*report->chinchilla);
  for (LawFit& fit : report->more_laws.fits) {
    if (DropBoundedProfiles(&fit)) dropped = true;
  }
  if (!dropped) return;
  report->notes.push_back(
      "no profile likelihood intervals, except those without an end: they "
      "assume that runs are independent, and these runs share trunks");
}

void AddHoldouts(FitProgress* progress, FitReport* report) {
  const FitOptions& options = report->options;
  if (!AskedFor(options, LawKind::kChinchilla)) return;
  std::vector<double> cuts;
  if (options.holdout_above) cuts.push_back(*options.holdout_above);
  if (LawOf(report->chinchilla)) {
    std::ranges::copy(HoldoutCuts(report->used), std::back_inserter(cuts));
  }
  for (const double above : cuts) {
    Report(progress, "extrapolation tests",
           static_cast<int>(report->holdouts.size()),
           static_cast<int>(cuts.size()));
    report->holdouts.push_back(
        HoldOut(report->used, above, options.objective,
                LawOf(report->chinchilla) ? &*report->chinchilla : nullptr));
  }
}

}  // namespace

bool FitReport::usable() const {
  return Supported(chinchilla) || Supported(isoflop) || Supported(envelope) ||
         (kaplan && kaplan->supported()) || more_laws.usable() ||
         std::ranges::any_of(experiments, [](const ExperimentFit& experiment) {
           return std::ranges::find(experiment.series, FitStatus::kOk,
                                    &CurveSeries::status) !=
                  experiment.series.end();
         });
}

FitReport FitScalingLaws(ObservationSet observations, const FitOptions& options,
                         FitProgress* progress) {
  Validate(options);
  RequirePositive(observations);
  Keep(options, &observations);
  FitReport report;
  report.options = options;
  // Tables can be large: there is a second copy only where N is counted anew.
  std::optional<ObservationSet> recounted;
  if (options.params && *options.params != observations.params) {
    recounted = WithParams(observations, *options.params);
  }
  ObservationSet& counted = recounted ? *recounted : observations;
  Summarise(&counted, &report);
  std::optional<CurveEnvelope> curves;
  if (options.envelope == EnvelopeSource::kCurves) {
    curves.emplace(counted.curves, report.used);
  }
  // The other laws look at the surface even when it is not to be reported.
  Report(progress, "Approach 3");
  report.chinchilla = FitChinchilla(report.used, options.objective);
  const std::vector<std::size_t> outliers = OutlierRuns(report);
  FitLaws(AddressOf(curves), outliers, progress, &report);
  AddConventions(std::move(observations), outliers, &report);
  AddUncertainty(AddressOf(curves), progress, &report);
  const auto surface = LawOf(report.chinchilla);
  // Of the exponents as they are weighted in the end.
  if (surface && report.isoflop) {
    AddBias(report.used, *surface, &*report.isoflop);
  }
  AddDecisions(&report);
  AddHoldouts(progress, &report);
  if (AskedFor(options, LawKind::kChinchilla)) {
    if (surface) {
      Report(progress, "profiles of Approach 3");
      const std::vector<LawRun> runs = RunsOf(report.used);
      AddProfiles(ChinchillaModel(runs), runs,
                  {.objective = options.objective,
                   .threads = options.bootstrap.threads},
                  &*report.chinchilla);
    }
    report.diagnostics = Diagnose(
        report.used, report.settings, options.objective, *report.chinchilla,
        report.seed_noise, options.bootstrap.threads, progress);
    report.misfit = FindMisfit(report);
  }
  DropProfilesOfGroups(&report);
  if (!AskedFor(options, LawKind::kChinchilla)) {
    report.unasked.chinchilla.swap(report.chinchilla);
    report.unasked.bootstrap.swap(report.chinchilla_bootstrap);
  }
  return report;
}

FitReport FitCurveLaws(const CurvePoints& curve, const FitOptions& options) {
  Validate(options);
  for (const LawKind law : options.laws) {
    Require(OfOneVariable(law),
            "--x: {} is not a law of one variable; those are broken_power_law "
            "and power",
            NameOf(law));
  }
  const auto points = static_cast<int>(curve.points.size());
  FitReport report;
  report.options = options;
  report.observations.source = curve.source;
  report.observations.read = points;
  report.observations.used = points;
  report.observations.curve = curve.columns;
  report.notes = curve.notes;
  report.more_laws = FitCurves(curve, options);
  return report;
}

}  // namespace isoflop
