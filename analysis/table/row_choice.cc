#include "analysis/table/row_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "analysis/table/cell.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::size_t kMostValues = 12;  // in a message

struct Sign {
  std::string_view text;
  Comparison comparison;
};

/// Longer ones before those that they begin with.
constexpr std::array<Sign, 6> kSigns = {{{"!=", Comparison::kIsNoneOf},
                                         {"<=", Comparison::kLessOrEqual},
                                         {">=", Comparison::kGreaterOrEqual},
                                         {"=", Comparison::kIsOneOf},
                                         {"<", Comparison::kLess},
                                         {">", Comparison::kGreater}}};

bool ComparesOrder(Comparison comparison) {
  return comparison != Comparison::kIsOneOf &&
         comparison != Comparison::kIsNoneOf;
}

bool InOrder(double cell, Comparison comparison, double value) {
  switch (comparison) {
    case Comparison::kLess:
      return cell < value;
    case Comparison::kLessOrEqual:
      return cell <= value;
    case Comparison::kGreater:
      return cell > value;
    default:
      return cell >= value;
  }
}

/// Different values of a column, in the order in which they come.
std::vector<std::string> ValuesOf(const RecordTable& table,
                                  std::size_t column) {
  std::vector<std::string> values;
  for (const Record& row : table.rows) {
    const std::string& value = row.cells[column];
    if (std::ranges::find(values, value) == values.end()) {
      values.push_back(value);
    }
  }
  return values;
}

void KeepWhere(const RowCondition& condition, RecordTable* table) {
  const std::size_t column = table->Column("--where", condition.column);
  const auto meets = [&](const Record& row) {
    return Meets(row.cells[column], condition);
  };
  if (std::ranges::none_of(table->rows, meets)) {
    const auto values = ValuesOf(*table, column);
    throw Error(fmt::format(
        "--where: no row of {} meets {}{}; the values are {}", table->source,
        condition.text, Suggestion(condition.values.front(), values),
        ShortList(values, kMostValues)));
  }
  std::erase_if(table->rows, [&](const Record& row) { return !meets(row); });
}

void Drop(const LineRange& lines, RecordTable* table) {
  const auto dropped = std::erase_if(table->rows, [&](const Record& row) {
    return lines.first <= row.line && row.line <= lines.last;
  });
  Require(dropped > 0, "--drop: no row of {} begins on line {}", table->source,
          lines.first == lines.last
              ? std::to_string(lines.first)
              : fmt::format("{} to {}", lines.first, lines.last));
  Require(!table->rows.empty(), "--drop: no row of {} is left", table->source);
}

}  // namespace

bool Meets(const std::string& cell, const RowCondition& condition) {
  if (ComparesOrder(condition.comparison)) {
    const auto number = NumberOf(cell);
    return number && InOrder(*number, condition.comparison,
                             *NumberOf(condition.values.front()));
  }
  const bool listed = std::ranges::any_of(
      condition.values,
      [&](const std::string& value) { return SameValue(cell, value); });
  return listed == (condition.comparison == Comparison::kIsOneOf);
}

RowCondition ParseRowCondition(std::string_view text) {
  const std::size_t place = text.find_first_of("=<>");
  // The ! of != is before what was found.
  const bool negated =
      place != std::string_view::npos && place > 0 && text[place - 1] == '!';
  const std::size_t begin = negated ? place - 1 : place;
  Require(place != std::string_view::npos && begin > 0,
          "--where: must be column=value, as in config=base, or with !=, <, "
          "<=, > or >= between them, got '{}'",
          text);
  const auto sign = std::ranges::find_if(kSigns, [&](const Sign& candidate) {
    return text.substr(begin).starts_with(candidate.text);
  });
  const std::string value(text.substr(begin + sign->text.size()));
  RowCondition condition{.text = std::string(text),
                         .column = std::string(text.substr(0, begin)),
                         .comparison = sign->comparison,
                         .values = {value}};
  if (ComparesOrder(condition.comparison)) {
    Require(NumberOf(value).has_value(),
            "--where: must have a number behind {}, got '{}'", sign->text,
            text);
  } else if (value.find(',') != std::string::npos) {
    std::ranges::move(SplitAtCommas(value),
                      std::back_inserter(condition.values));
  }
  return condition;
}

LineRange ParseLineRange(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = ParseNumber<std::int64_t>(text.substr(0, dash));
  const auto last = dash == std::string_view::npos
                        ? first
                        : ParseNumber<std::int64_t>(text.substr(dash + 1));
  constexpr std::int64_t kLargest = 2'000'000'000;
  Require(first && last && 1 <= *first && *first <= *last && *last <= kLargest,
          "--drop: must be lines of the file, as in 17,20-24, got '{}'", text);
  return {static_cast<int>(*first), static_cast<int>(*last)};
}

std::vector<std::string> KeepRows(const RowChoice& choice, RecordTable* table) {
  const std::size_t read = table->rows.size();
  std::vector<std::string> notes;
  // First what is named by its line, which says nothing of values.
  for (const LineRange& lines : choice.drop) Drop(lines, table);
  if (table->rows.size() < read) {
    notes.push_back(fmt::format("{} of {} rows left out by --drop",
                                read - table->rows.size(), read));
  }
  for (const RowCondition& condition : choice.where) {
    KeepWhere(condition, table);
    notes.push_back(fmt::format("rows with {} only: {} of {}", condition.text,
                                table->rows.size(), read));
  }
  return notes;
}

}  // namespace isoflop
