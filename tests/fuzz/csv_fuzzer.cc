// Whatever the bytes, reading them as CSV gives observations or an Error.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "analysis/observe/observation_reader.h"
#include "lib/core/csv.h"
#include "lib/core/error.h"
#include "tests/fuzz/fuzz_checks.h"

namespace isoflop {
namespace {

/// The cell in quotes, whether it needs them or not: white space around it, or
/// a byte-order mark, would be lost without.
std::string Quoted(const std::string& cell) {
  constexpr std::string_view kNeedsQuotes = ",";
  const std::string quoted = CsvCell(std::string(kNeedsQuotes) + cell);
  return "\"" + quoted.substr(1 + kNeedsQuotes.size());
}

std::string Written(const std::vector<CsvRow>& rows) {
  std::string text;
  for (const CsvRow& row : rows) {
    std::string_view separator;
    for (const std::string& cell : row.cells) {
      text.append(separator).append(Quoted(cell));
      separator = ",";
    }
    text += "\n";
  }
  return text;
}

/// Rows that are written read back as they were.
void CheckRoundTrip(std::string_view text) {
  const std::vector<CsvRow> rows = ParseCsv(text, "input.csv");
  const std::vector<CsvRow> again = ParseCsv(Written(rows), "written");
  Check(rows.size() == again.size(), "rows that are lost when written");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Check(rows[i].cells == again[i].cells, "cells that change when written");
  }
}

}  // namespace
}  // namespace isoflop

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    isoflop::CheckRoundTrip(text);
    isoflop::CheckObservations(
        isoflop::ParseObservations(text, "input.csv").set);
    isoflop::CheckObservations(
        isoflop::ParseObservations(text, "input.csv", {.label = "recipe"}).set);
  } catch (const isoflop::Error&) {
    return 0;  // refused, as it may be
  }
  return 0;
}
