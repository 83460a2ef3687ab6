#include "analysis/report/law_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/number_text.h"

namespace isoflop {
namespace {

std::string ValueOrDash(const std::optional<Estimate>& estimate,
                        NumberFormat format) {
  return estimate ? format(estimate->value) : "-";
}

/// "interior", "no minimum", ...
std::string InWords(MinimumKind kind) {
  std::string words(NameOf(kind));
  std::ranges::replace(words, '_', ' ');
  return words;
}

const char* IntervalHeader(const FitReport& report) {
  return report.resampling ? "95 % interval" : "";
}

bool TooFew(const IsoflopBudget& budget) {
  return budget.minimum == MinimumKind::kTooFew;
}

/// The budgets that have a profile, with a column for the intervals of N* if
/// they are wanted.
TextTable OptimaTable(const IsoflopFit& fit, bool intervals) {
  std::vector<std::string> header = {"C", "runs", "N*"};
  if (intervals) header.emplace_back("95 % interval");
  header.insert(header.end(), {"D*", "loss", "minimum"});
  TextTable table(std::move(header));
  for (const IsoflopBudget& budget : fit.budgets) {
    if (TooFew(budget)) continue;
    std::vector<std::string> row = {
        FormatScientific(budget.flops), std::to_string(budget.points),
        ValueOrDash(budget.params_opt, FormatCount)};
    if (intervals) {
      row.push_back(IntervalOrNothing(budget.params_opt.value_or(Estimate{}),
                                      FormatCount));
    }
    row.insert(row.end(), {ValueOrDash(budget.tokens_opt, FormatCount),
                           ValueOrDash(budget.loss_opt, FormatNumber),
                           InWords(budget.minimum)});
    table.AddRow(std::move(row));
  }
  return table;
}

/// The exponent a by one of the approaches.
struct ExponentRow {
  int approach;
  const char* method;
  FitStatus status;
  Estimate a;
};

Estimate ParamsExponentOf(const FitReport& report) {
  Estimate a{.value = ParamsExponent(report.chinchilla->law), .spread = {}};
  if (report.chinchilla_bootstrap) a.spread = report.chinchilla_bootstrap->a;
  return a;
}

std::vector<ExponentRow> ExponentRows(const FitReport& report) {
  std::vector<ExponentRow> rows;
  if (report.envelope) {
    rows.push_back(
        {1, "envelope", report.envelope->status, report.envelope->a});
  }
  if (report.isoflop) {
    rows.push_back(
        {2, "IsoFLOP profiles", report.isoflop->status, report.isoflop->a});
  }
  if (report.chinchilla) {
    rows.push_back(
        {3, "fitted law", report.chinchilla->status, ParamsExponentOf(report)});
  }
  return rows;
}

bool Overlap(const Interval& x, const Interval& y) {
  return x.low <= y.high && y.low <= x.high;
}

/// Says which intervals of `a` have nothing in common; nothing when there are
/// fewer than two to compare.
std::string OverlapInWords(const std::vector<ExponentRow>& rows) {
  int compared = 0;
  std::string apart;
  for (auto x = rows.begin(); x != rows.end(); ++x) {
    for (auto y = x + 1; y != rows.end(); ++y) {
      if (!x->a.spread || !y->a.spread) continue;
      ++compared;
      if (Overlap(x->a.spread->interval95, y->a.spread->interval95)) continue;
      apart += fmt::format("{} {} and {}", apart.empty() ? "" : ",",
                           x->approach, y->approach);
    }
  }
  if (compared == 0) return "";
  return apart.empty() ? "the intervals overlap"
                       : "these intervals do not overlap:" + apart;
}

/// One of Kaplan's curves with the symbols it is known by.
struct NamedCurve {
  const char* name;
  const char* scale;
  const KaplanCurve& curve;
};

void AddCurve(const NamedCurve& named, TextTable* table) {
  const KaplanCurve& curve = named.curve;
  table->AddRow(
      {named.name,
       fmt::format("{} {}", named.scale, FormatScientific(curve.scale.value)),
       FormatNumber(curve.exponent.value),
       IntervalOrNothing(curve.exponent, FormatNumber),
       fmt::format("{:.2f} %", 100.0 * curve.rms_log_residual)});
}

/// Which runs a curve is from, or why there is none.
std::string CurveInWords(const NamedCurve& named) {
  const KaplanCurve& curve = named.curve;
  if (curve.status == FitStatus::kOk) {
    return fmt::format("{}: {}", named.name, curve.selection);
  }
  return fmt::format(
      "{} is not supported: {}{}", named.name, curve.reason,
      curve.selection.empty() ? "" : fmt::format(" ({})", curve.selection));
}

}  // namespace

void AddIsoflopOptima(const FitReport& report, TextPage* page) {
  constexpr std::size_t kRoomForIntervals = 70;
  if (!report.isoflop) return;
  const IsoflopFit& fit = *report.isoflop;
  const auto too_few = std::ranges::count_if(fit.budgets, TooFew);
  page->Heading("IsoFLOP optima, by Approach 2");
  if (too_few < std::ssize(fit.budgets)) {
    page->Table(OptimaTable(
        fit, report.resampling && page->width() >= kRoomForIntervals));
  }
  if (too_few > 0) {
    page->Line(fmt::format("{} of {} budgets have fewer than three sizes",
                           too_few, fit.budgets.size()));
  }
  if (fit.status != FitStatus::kOk) {
    page->Line("not supported by these data: " + fit.reason);
  }
}

void AddExponents(const FitReport& report, TextPage* page) {
  const std::vector<ExponentRow> rows = ExponentRows(report);
  if (rows.empty()) return;
  page->Heading("Exponent a of N* in C; D* has b = 1 - a");
  TextTable table({"approach", "a", IntervalHeader(report)});
  for (const ExponentRow& row : rows) {
    const bool ok = row.status == FitStatus::kOk;
    table.AddRow(
        {fmt::format("{}, {}", row.approach, row.method),
         ok ? FormatNumber(row.a.value) : "-",
         ok ? IntervalOrNothing(row.a, FormatNumber) : "not supported"});
  }
  page->Table(table);
  const std::string overlap = OverlapInWords(rows);
  if (!overlap.empty()) page->Line(overlap);
  if (report.envelope && report.envelope->status != FitStatus::kOk) {
    page->Line("Approach 1 is not supported: " + report.envelope->reason);
  }
}

void AddKaplanLaws(const FitReport& report, TextPage* page) {
  if (!report.kaplan) return;
  const std::array<NamedCurve, 3> curves = {
      {{"L(N)", "N_c", report.kaplan->L_N},
       {"L(D)", "D_c", report.kaplan->L_D},
       {"L(C)", "C_c", report.kaplan->L_C}}};
  page->Heading("Kaplan's laws, L = (scale / x)^exponent, without E");
  if (report.kaplan->supported()) {
    TextTable table({"", "scale", "exponent", IntervalHeader(report), "rms"});
    for (const NamedCurve& named : curves) {
      if (named.curve.status == FitStatus::kOk) AddCurve(named, &table);
    }
    page->Table(table);
  }
  for (const NamedCurve& named : curves) page->Line(CurveInWords(named));
}

}  // namespace isoflop
