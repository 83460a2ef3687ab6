#include "analysis/report/checklist.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/regress/chinchilla_fit.h"
#include "analysis/report/fit_words.h"
#include "analysis/report/number_text.h"

namespace isoflop {
namespace {

using Strings = std::vector<std::string>;

void CheckSizes(const FitReport& report, Strings* warnings) {
  const auto sizes =
      static_cast<int>(CountDistinct(report.used, &Observation::N));
  if (sizes >= kFewSizes) return;
  warnings->push_back(fmt::format(
      "N has only {} different values: a power of N over a constant is hardly "
      "tested by fewer than {}",
      sizes, kFewSizes));
}

void CheckRange(const FitReport& report, const char* name,
                double Observation::*quantity, Strings* warnings) {
  const auto [low, high] = std::ranges::minmax(report.used, {}, quantity);
  const double ratio = high.*quantity / low.*quantity;
  if (ratio >= kNarrowRange) return;
  warnings->push_back(fmt::format(
      "{} ranges only from {:.3g} to {:.3g}, {:.1f} times or {:.2f} decades: "
      "an exponent from less than one decade is a guess",
      name, low.*quantity, high.*quantity, ratio, std::log10(ratio)));
}

void CheckCount(const FitReport& report, Strings* warnings) {
  const auto& surface = Surface(report);
  if (!Supported(surface)) return;
  const int coefficients = surface->free;
  const double each = static_cast<double>(report.used.size()) / coefficients;
  if (each >= kRunsPerCoefficient) return;
  warnings->push_back(fmt::format(
      "Approach 3: {} runs for {} coefficients, {:.1f} each: with fewer than "
      "{:.0f} each the law can follow the noise",
      report.used.size(), coefficients, each, kRunsPerCoefficient));
}

void CheckUnits(const FitReport& report, Strings* warnings) {
  const auto below_one = [](const Observation& o) {
    return o.N < 1.0 || o.D < 1.0;
  };
  if (!std::ranges::any_of(report.used, below_one)) return;
  warnings->push_back(
      "N or D is below 1: where they are millions or billions, C = 6ND is not "
      "in FLOPs, and budgets are not what they seem");
}

/// A table that was joined with itself, or exported twice.
void CheckRepeatedRows(const FitReport& report, Strings* warnings) {
  const std::size_t repeated = report.used.size() - CountDifferent(report.used);
  if (repeated == 0) return;
  warnings->push_back(fmt::format(
      "{} of {} runs have the N, D, loss and seed of another: if these are "
      "copies, intervals are too narrow and tests too sure",
      repeated, report.used.size()));
}

bool Same(double x, const std::optional<double>& y) {
  return y && std::abs(x - *y) <= 1e-9 * x;
}

void CheckConventions(const FitReport& report, Strings* warnings) {
  int total = 0;
  int non_embedding = 0;
  for (const Observation& o : report.used) {
    const bool is_total = Same(o.N, o.params_total);
    const bool is_non_embedding = Same(o.N, o.params_non_embedding);
    if (is_total == is_non_embedding) continue;  // neither tells, or both
    ++(is_total ? total : non_embedding);
  }
  if (total == 0 || non_embedding == 0) return;
  warnings->push_back(fmt::format(
      "N counts all parameters in {} runs and non-embedding parameters in {}: "
      "mixed conventions bend the law; choose one with --params",
      total, non_embedding));
}

/// Three rates bracket the best one, at either end of the sizes. Sizes that are
/// nearly one size can do with one rate.
void CheckLearningRate(const FitReport& report, Strings* warnings) {
  constexpr int kChecked = 3;
  const auto& rates = report.observations.learning_rates;
  const auto [low, high] =
      std::ranges::minmax(report.used, {}, &Observation::N);
  const double ratio = high.N / low.N;
  if (!rates || ratio < kSizesOfOneRate) return;
  if (rates->at_smallest >= kChecked && rates->at_largest >= kChecked) return;
  if (rates->in_all == 1) {
    warnings->push_back(fmt::format(
        "un-tuned learning rate: one for all sizes, although N ranges over a "
        "factor of {:.3g}: unless it was tuned elsewhere at the smallest and "
        "the largest size, a rate that suits only some sizes bends the law",
        ratio));
    return;
  }
  warnings->push_back(fmt::format(
      "the sweep does not show that its learning rates suit the sizes: {} at "
      "the smallest and {} at the largest, where {} each would show it; a rate "
      "that suits only some sizes bends the law",
      rates->at_smallest, rates->at_largest, kChecked));
}

void CheckSeeds(const FitReport& report, Strings* warnings) {
  if (report.seed_noise) return;
  if (const int repeated = CountRepeatedCells(report.used)) {
    warnings->push_back(fmt::format(
        "{} different (N, D) were trained at two seeds or more, and all seeds "
        "of each have the same loss: the seed changed nothing, so how far seed "
        "noise moves a loss is not known (see whether it was used, or give "
        "--seed-noise)",
        repeated));
    return;
  }
  warnings->push_back(fmt::format(
      "none of {} different (N, D) was trained at two seeds: how far seed "
      "noise moves a loss is not known (repeat some runs, or give "
      "--seed-noise)",
      Cells(report.used).size()));
}

void CheckExtrapolation(const FitReport& report, Strings* warnings) {
  const double span = std::log10(report.observations.largest_flops /
                                 report.observations.smallest_flops);
  double farthest = 0.0;
  double flops = 0.0;
  for (const Allocation& allocation : report.allocations) {
    const double decades = allocation.extrapolation_decades.value_or(0.0);
    if (decades <= farthest) continue;
    farthest = decades;
    flops = allocation.flops;
  }
  if (farthest <= span) return;
  warnings->push_back(fmt::format(
      "C = {:.3g} lies {:.2f} decades beyond the data, which themselves reach "
      "over {:.2f}: nothing here tests the law that far",
      flops, farthest, span));
}

void WarnOfTrends(const Residuals& residuals, Strings* warnings) {
  for (const ResidualTrend& trend : residuals.trends) {
    if (!trend.notable()) continue;
    warnings->push_back(fmt::format(
        "Approach 3: residuals go with {} (rank correlation {:+.2f}, with the "
        "distance from its middle {:+.2f}; by chance {:.2f}): the law's form "
        "does not suit these data",
        trend.quantity, trend.slope, trend.bend, trend.significant));
  }
}

void WarnOfLackOfFit(const LackOfFit& test, const SeedNoise& noise,
                     LossUnit unit, Strings* warnings) {
  if (test.p_value >= 0.01) return;
  warnings->push_back(fmt::format(
      "Approach 3: the law misses by {:.2g} {} rms where seeds differ by "
      "{:.2g} (F = {:.2f}, p = {:.1g}): a better law would do better",
      test.rms_residual, ShortWordOf(unit), noise.loss_std, test.F,
      test.p_value));
}

void WarnOfWorst(const Influence& worst, const ChinchillaFit& fit,
                 const ChinchillaBootstrap& bootstrap, Strings* warnings) {
  const auto warn = [&](const char* name, double change, double estimate,
                        const Spread& spread) {
    if (std::abs(change) <= spread.standard_error) return;
    warnings->push_back(fmt::format(
        "Approach 3: without the {}, {} would be {:.4g} instead of {:.4g}, a "
        "change of {:+.1g}, which is more than its standard error",
        WithLargestResiduals(worst.runs.size()), name, estimate + change,
        estimate, change));
  };
  warn("alpha", worst.alpha, fit.law.alpha, bootstrap.alpha);
  warn("beta", worst.beta, fit.law.beta, bootstrap.beta);
}

}  // namespace

Strings ChecklistWarnings(const FitReport& report) {
  Strings warnings;
  CheckUnits(report, &warnings);
  CheckRepeatedRows(report, &warnings);
  CheckSizes(report, &warnings);
  CheckRange(report, "N", &Observation::N, &warnings);
  CheckRange(report, "D", &Observation::D, &warnings);
  CheckRange(report, "C", &Observation::C, &warnings);
  CheckCount(report, &warnings);
  CheckConventions(report, &warnings);
  CheckLearningRate(report, &warnings);
  CheckSeeds(report, &warnings);
  CheckExtrapolation(report, &warnings);
  return warnings;
}

Strings DiagnosticWarnings(const FitReport& report) {
  Strings warnings;
  const Diagnostics& found = report.diagnostics;
  if (found.residuals) WarnOfTrends(*found.residuals, &warnings);
  if (found.lack_of_fit) {
    WarnOfLackOfFit(*found.lack_of_fit, *report.seed_noise,
                    report.observations.loss_unit, &warnings);
  }
  if (found.influence && found.influence->worst &&
      report.chinchilla_bootstrap) {
    WarnOfWorst(*found.influence->worst, *report.chinchilla,
                *report.chinchilla_bootstrap, &warnings);
  }
  return warnings;
}

}  // namespace isoflop
