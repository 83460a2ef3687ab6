#include "analysis/report/approaches_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/number_text.h"

namespace isoflop {
namespace {

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
    const bool final = report.envelope->source == EnvelopeSource::kFinal;
    rows.push_back({1, final ? "envelope" : "envelope of curves",
                    report.envelope->status, report.envelope->a});
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

}  // namespace

const char* IntervalHeader(const FitReport& report) {
  return report.resampling ? "95 % interval" : "";
}

void AddExponents(const FitReport& report, TextPage* page) {
  const std::vector<ExponentRow> rows = ExponentRows(report);
  if (rows.empty()) return;
  page->Heading("Exponent a of N* in C; of D*, where C = 6ND, 1 - a");
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

}  // namespace isoflop
