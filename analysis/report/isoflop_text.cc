#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analysis/report/approaches_text.h"
#include "analysis/report/number_text.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

std::string ValueOrDash(const std::optional<Estimate>& estimate,
                        NumberFormat format) {
  return estimate ? format(estimate->value) : "-";
}

std::string ValueOrDash(const std::optional<double>& value,
                        NumberFormat format) {
  return value ? format(*value) : "-";
}

/// "interior", "no minimum", ...
std::string InWords(MinimumKind kind) {
  std::string words(NameOf(kind));
  std::ranges::replace(words, '_', ' ');
  return words;
}

bool TooFew(const IsoflopBudget& budget) {
  return budget.minimum == MinimumKind::kTooFew;
}

/// The kind of minimum, and whether it counts against its kind.
std::string MinimumInWords(const IsoflopBudget& budget) {
  const bool kept =
      budget.minimum != MinimumKind::kInterior && budget.has_minimum();
  return InWords(budget.minimum) + (kept ? ", kept" : "");
}

/// The columns that there is something to say in, and room for.
struct Columns {
  bool intervals = false;  // of N*
  bool corrected = false;  // N* without bias
};

Columns ColumnsOf(const FitReport& report, std::size_t width) {
  constexpr std::size_t kRoomForIntervals = 70;
  constexpr std::size_t kRoomForAll = 78;
  const bool corrected =
      std::ranges::any_of(report.isoflop->budgets, [](const IsoflopBudget& b) {
        return b.params_opt_corrected.has_value();
      });
  return {.intervals = report.resampling && width >= kRoomForIntervals,
          .corrected = corrected && width >= kRoomForAll};
}

std::vector<std::string> Row(const IsoflopBudget& budget,
                             const Columns& columns) {
  std::vector<std::string> row = {FormatScientific(budget.flops),
                                  std::to_string(budget.points),
                                  ValueOrDash(budget.params_opt, FormatCount)};
  if (columns.intervals) {
    row.push_back(
        IntervalOrNothing(budget.params_opt.value_or(Estimate{}), FormatCount));
  }
  if (columns.corrected) {
    row.push_back(ValueOrDash(budget.params_opt_corrected, FormatCount));
  }
  row.insert(row.end(), {ValueOrDash(budget.tokens_opt, FormatCount),
                         ValueOrDash(budget.loss_opt, FormatNumber),
                         MinimumInWords(budget)});
  return row;
}

/// The budgets that have a profile.
TextTable OptimaTable(const IsoflopFit& fit, const Columns& columns) {
  std::vector<std::string> header = {"C", "runs", "N*"};
  if (columns.intervals) header.emplace_back("95 % interval");
  if (columns.corrected) header.emplace_back("unbiased");
  header.insert(header.end(), {"D*", "loss", "minimum"});
  TextTable table(std::move(header));
  for (const IsoflopBudget& budget : fit.budgets) {
    if (!TooFew(budget)) table.AddRow(Row(budget, columns));
  }
  return table;
}

/// How the exponent came about, and what it would be otherwise.
std::string ExponentInWords(const IsoflopFit& fit) {
  std::string words = fit.curve == IsoflopCurve::kParabola
                          ? "minima of parabolas"
                          : "minima of Akima's interpolation";
  words += fmt::format(": a = {}", FormatNumber(fit.a.value));
  if (fit.weights == MinimumWeights::kInverseVariance) {
    const bool scattered = fit.heterogeneity && fit.heterogeneity->tau > 0.0;
    words += fmt::format(
        ", each minimum weighted by 1/{}; with equal weights {}",
        scattered ? "(variance of ln N* + tau^2)" : "variance of ln N*",
        FormatNumber(fit.a_unweighted.value));
  }
  if (fit.a_corrected) {
    words += fmt::format(
        "; without the bias of the method on this grid, by Approach 3, {}",
        FormatNumber(*fit.a_corrected));
  }
  return words;
}

std::string ScatterInWords(const Heterogeneity& found) {
  return fmt::format(
      "scatter about the power law: chi2 per degree of freedom {:.3g} (of {}; "
      "p = {:.2g}), tau = {:.2g} of ln N* beyond the noise of the runs",
      found.PerDegree(), found.degrees_of_freedom, found.p_value, found.tau);
}

}  // namespace

void AddIsoflopOptima(const FitReport& report, TextPage* page) {
  if (!report.isoflop) return;
  const IsoflopFit& fit = *report.isoflop;
  const auto too_few = std::ranges::count_if(fit.budgets, TooFew);
  page->Heading("IsoFLOP optima, by Approach 2");
  if (too_few < std::ssize(fit.budgets)) {
    page->Table(OptimaTable(fit, ColumnsOf(report, page->width())));
  }
  if (too_few > 0) {
    page->Line(
        fmt::format("{} of {} budgets have fewer than four runs or three sizes",
                    too_few, fit.budgets.size()));
  }
  if (fit.status != FitStatus::kOk) {
    page->Line("not supported by these data: " + fit.reason);
    return;
  }
  page->Line(ExponentInWords(fit));
  if (fit.heterogeneity) page->Line(ScatterInWords(*fit.heterogeneity));
}

}  // namespace isoflop
