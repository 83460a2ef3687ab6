#include "analysis/report/number_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/json_numbers.h"

namespace isoflop {
namespace {

/// "+0.33 decades", or nothing inside the data.
std::string Beyond(const NumberRow& row) {
  const double decades = row.decades.value_or(0.0);
  return decades > 0.0 ? fmt::format("+{:.2f} decades", decades) : "";
}

/// Two rows a decision: the numbers, and below them how far and how certain.
TextTable WideTable(const std::string& subject,
                    const std::vector<NumberRow>& rows) {
  std::vector<std::string> header = {subject};
  for (const NamedNumber& number : rows.front().numbers) {
    header.emplace_back(number.symbol);
  }
  TextTable table(std::move(header));
  for (const NumberRow& row : rows) {
    std::vector<std::string> numbers = {row.label};
    std::vector<std::string> below = {Beyond(row)};
    for (const NamedNumber& number : row.numbers) {
      numbers.push_back(number.format(number.estimate.value));
      below.push_back(IntervalOrNothing(number.estimate, number.format));
    }
    table.AddRow(std::move(numbers));
    const bool anything = std::ranges::any_of(
        below, [](const std::string& cell) { return !cell.empty(); });
    if (anything) table.AddRow(std::move(below));
  }
  return table;
}

/// One decision with its numbers below each other.
TextTable NarrowTable(const std::string& subject, const NumberRow& row) {
  TextTable table({subject, row.label, Beyond(row)});
  for (const NamedNumber& number : row.numbers) {
    table.AddRow({number.symbol, number.format(number.estimate.value),
                  IntervalOrNothing(number.estimate, number.format)});
  }
  return table;
}

std::size_t LongestLine(const TextTable& table) {
  const std::string text = table.ToString(1000);
  std::size_t longest = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    longest = std::max(longest, end - begin);
    begin = end + 1;
  }
  return longest;
}

}  // namespace

void PutNumbers(Json* json, const NumberRow& row) {
  SpreadTable spreads;
  for (const NamedNumber& number : row.numbers) {
    PutNumber(json, number.key, number.estimate.value);
    spreads.Add(number.key, number.estimate);
  }
  PutNumber(json, "extrapolation_decades", row.decades);
  spreads.PutInto(json);
}

void PutTable(TextPage* page, const std::string& subject,
              const std::vector<NumberRow>& rows) {
  if (rows.empty()) return;
  const TextTable table = WideTable(subject, rows);
  constexpr std::size_t kMargin = 2;
  if (LongestLine(table) + kMargin <= page->width()) {
    page->Table(table);
    return;
  }
  for (const NumberRow& row : rows) page->Table(NarrowTable(subject, row));
}

}  // namespace isoflop
