#include "analysis/report/table_warnings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "analysis/report/plausibility.h"
#include "lib/core/text.h"
#include "lib/core/transformed.h"
#include "lib/data/task.h"
#include "lib/numeric/robust_scale.h"

namespace isoflop {
namespace {

using Strings = std::vector<std::string>;

constexpr std::size_t kMostNamed = 5;  // runs in a warning

std::string Percent(double share) {
  return fmt::format("{:.{}f} %", 100.0 * share, share < 0.1 ? 2 : 0);
}

/// "line 17 (N 346M D 4.82G): loss 1.2, where 2.61 is predicted"
std::string InWords(const RunResidual& residual, const Observation& run) {
  return fmt::format("{}N {} D {}{}: loss {:.4g}, where {:.4g} is predicted",
                     run.line > 0 ? fmt::format("line {} (", run.line) : "",
                     FormatCount(run.N), FormatCount(run.D),
                     run.line > 0 ? ")" : "", run.L, residual.predicted);
}

/// How to leave the runs out: " ... or leave them out with --drop 17,23".
std::string HowToDrop(const Outliers& outliers, const FitReport& report) {
  Strings lines;
  for (const RunResidual& residual : outliers.runs) {
    const int line = report.used[residual.run].line;
    if (line > 0) lines.push_back(std::to_string(line));
  }
  if (lines.empty() || lines.size() > kMostNamed) return "";
  return fmt::format(", or leave {} out with --drop {}",
                     lines.size() == 1 ? "it" : "them", fmt::join(lines, ","));
}

void WarnOfOutliers(const FitReport& report, Strings* warnings) {
  const auto& found = report.diagnostics.outliers;
  if (!found || found->runs.empty()) return;
  const std::size_t count = found->runs.size();
  Strings named;
  for (std::size_t i = 0; i < std::min(count, kMostNamed); ++i) {
    const RunResidual& residual = found->runs[i];
    named.push_back(InWords(residual, report.used[residual.run]));
  }
  const std::string rest =
      count > kMostNamed ? fmt::format("; and {} more", count - kMostNamed)
                         : "";
  warnings->push_back(fmt::format(
      "Approach 3: {} of {} lie{} where no noise of the others, {}, would put "
      "{}: {}{}: see whether {} diverged, ended early, {} mistyped or {} where "
      "the law does not hold{}",
      Counted(static_cast<int>(count), "run"), report.used.size(),
      count == 1 ? "s" : "", Percent(found->scale), count == 1 ? "it" : "them",
      fmt::join(named, "; "), rest, count == 1 ? "it" : "they",
      count == 1 ? "was" : "were", count == 1 ? "lies" : "lie",
      HowToDrop(*found, report)));
}

void WarnOfRepeats(const FitReport& report, Strings* warnings) {
  if (!report.repeats) return;
  const RepeatedSettings& repeats = *report.repeats;
  Strings settings = repeats.names;
  // Checkpoints of several runs may well be at one place.
  if (report.diagnostics.curves) {
    std::erase(settings, report.diagnostics.curves->name);
  }
  if (settings.empty()) return;
  warnings->push_back(fmt::format(
      "runs at the same (N, D) differ in {}, and their losses by {} in the "
      "median of {}: they are no repeats of one experiment; fit one of them "
      "with --where {}=..., or the best of each with --best-of {}{}",
      ShortList(settings), Percent(repeats.spread),
      Counted(repeats.cells, "place"), settings.front(),
      fmt::join(settings, ","),
      settings.size() == 1
          ? fmt::format(", or compare them with isoflop compare --by {}",
                        settings.front())
          : ""));
}

bool HasLawOfRepeatedData(const FitReport& report) {
  return std::ranges::any_of(report.more_laws.fits, [](const LawFit& fit) {
    return fit.name == "repeated_data" && fit.status == FitStatus::kOk;
  });
}

void WarnOfEpochs(const FitReport& report, Strings* warnings) {
  int runs = 0;
  double most = 0.0;
  for (const Observation& o : report.used) {
    const double epochs = o.D / o.unique_tokens.value_or(o.D);
    // A run that stopped a step after its last epoch is one of so many.
    runs += epochs > kSoundEpochs * 1.01 ? 1 : 0;
    most = std::max(most, epochs);
  }
  if (runs == 0) return;
  warnings->push_back(fmt::format(
      "{} of {} saw the data more than {} times, up to {:.3g}: repeated tokens "
      "are worth less than new ones, and laws of N and D take them for new; {}",
      Counted(runs, "run"), report.used.size(), kSoundEpochs, most,
      HasLawOfRepeatedData(report) ? "believe the law of repeated data"
                                   : "fit --laws repeated_data too"));
}

void WarnOfSplit(const FitReport& report, Strings* warnings) {
  if (!report.diagnostics.split) return;
  const SplitSetting& split = *report.diagnostics.split;
  const auto& repeats = report.repeats;
  if (repeats &&
      std::ranges::find(repeats->names, split.name) != repeats->names.end()) {
    return;  // said already
  }
  warnings->push_back(fmt::format(
      "runs with {0}={1} lie {2} {3} the curve of the others, {4:.0f} standard "
      "errors: these are several experiments in one table; fit them apart, "
      "with --where {0}={1} and --where '{0}!={1}', or compare them with "
      "isoflop compare --by {0}",
      split.name, Shortened(split.value), Percent(std::abs(split.shift)),
      split.shift > 0.0 ? "above" : "below", split.deviations));
}

void WarnOfCurves(const FitReport& report, Strings* warnings) {
  if (!report.diagnostics.curves) return;
  const SharedCurves& curves = *report.diagnostics.curves;
  warnings->push_back(fmt::format(
      "the {} values of {} have {:.0f} rows each, at one N and growing D, "
      "whose residuals go together (intraclass correlation {:.2f}): like "
      "checkpoints of one run they are not independent, and intervals are too "
      "narrow; --column group={} resamples them as one",
      curves.curves, curves.name, curves.rows_each, curves.correlation,
      curves.name));
}

double MedianOf(const FitReport& report, double (*of)(const Observation&)) {
  return Median(Transformed(report.used, of));
}

constexpr const char* kHowToScale =
    "where a column is in thousands, millions or billions, say so: --column "
    "params=\"params*1e6\" --column tokens=\"tokens*1e9\"";

void WarnOfUnits(const FitReport& report, Strings* warnings) {
  using O = const Observation&;
  const double ratio = MedianOf(report, [](O o) { return o.D / o.N; });
  if (ratio > kMostTokensPerParam || ratio < kFewestTokensPerParam) {
    warnings->push_back(
        fmt::format("there are {:.3g} tokens per parameter in the median: "
                    "these cannot be parameters and tokens; {}",
                    ratio, kHowToScale));
  } else if (report.observations.loss_unit == LossUnit::kNats &&
             report.observations.reach->params.largest < kFewestParams) {
    warnings->push_back(fmt::format(
        "the largest model has {:.3g} parameters: no language model has so "
        "few; {}",
        report.observations.reach->params.largest, kHowToScale));
  }
  const double loss = MedianOf(report, [](O o) { return o.L; });
  if (report.observations.loss_unit == LossUnit::kNats && loss > kLargestNats) {
    warnings->push_back(fmt::format(
        "the median loss is {:.3g}: a guess among 262,144 tokens has 12.5 "
        "nats, so these cannot be nats per token; --loss-unit perplexity, "
        "bits or bits_per_byte says what they are",
        loss));
  }
}

void WarnOfBudgets(const FitReport& report, Strings* warnings) {
  std::vector<double> ratios;
  for (const Observation& o : report.used) {
    if (o.budget_flops) ratios.push_back(*o.budget_flops / o.C);
  }
  if (ratios.empty()) return;
  const double ratio = Median(ratios);
  if (ratio < kBudgetDisagrees && ratio > 1.0 / kBudgetDisagrees) return;
  warnings->push_back(fmt::format(
      "budget_flops is {:.3g} times the compute of the runs in the median: "
      "Approach 2 groups by it, and its budgets are not what they seem; see "
      "what the column holds",
      ratio));
}

}  // namespace

Strings TableWarnings(const FitReport& report) {
  Strings warnings;
  if (report.used.empty()) return warnings;
  WarnOfUnits(report, &warnings);
  WarnOfBudgets(report, &warnings);
  WarnOfEpochs(report, &warnings);
  WarnOfRepeats(report, &warnings);
  WarnOfSplit(report, &warnings);
  WarnOfCurves(report, &warnings);
  WarnOfOutliers(report, &warnings);
  return warnings;
}

}  // namespace isoflop
