#include "analysis/report/approaches_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/exponent_rows.h"
#include "analysis/report/number_text.h"

namespace isoflop {
namespace {}  // namespace

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
