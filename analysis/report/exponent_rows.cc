#include "analysis/report/exponent_rows.h"

#include <fmt/format.h>

namespace isoflop {
namespace {

Estimate ParamsExponentOf(const FitReport& report) {
  Estimate a{.value = ParamsExponent(report.chinchilla->law), .spread = {}};
  if (report.chinchilla_bootstrap) a.spread = report.chinchilla_bootstrap->a;
  return a;
}

bool Meet(const Interval& x, const Interval& y) {
  return x.low <= y.high && y.low <= x.high;
}

}  // namespace

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

std::string OverlapInWords(const std::vector<ExponentRow>& rows) {
  int compared = 0;
  std::string apart;
  for (auto x = rows.begin(); x != rows.end(); ++x) {
    for (auto y = x + 1; y != rows.end(); ++y) {
      if (!x->a.spread || !y->a.spread) continue;
      ++compared;
      if (Meet(x->a.spread->interval95, y->a.spread->interval95)) continue;
      apart += fmt::format("{} {} and {}", apart.empty() ? "" : ",",
                           x->approach, y->approach);
    }
  }
  if (compared == 0) return "";
  return apart.empty() ? "the intervals overlap"
                       : "these intervals do not overlap:" + apart;
}

}  // namespace isoflop
