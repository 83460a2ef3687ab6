#include "analysis/observe/table_columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "analysis/table/cell.h"
#include "lib/core/text.h"
#include "lib/core/transformed.h"

namespace isoflop {
namespace {

constexpr int kHeaderLine = 1;

struct OtherName {
  Quantity quantity;
  const char* name;
};

constexpr OtherName kOtherNames[] = {{Quantity::kParams, "N"},
                                     {Quantity::kTokens, "D"},
                                     {Quantity::kLoss, "L"},
                                     {Quantity::kFlops, "C"},
                                     {Quantity::kLossStd, "loss_std_error"},
                                     {Quantity::kStatus, "State"}};

Quantity RequireQuantity(const std::string& name) {
  const auto quantity = FromName<Quantity>(name);
  const auto all = AllNames<Quantity>();
  Require(quantity.has_value(),
          "--column: unknown quantity '{}'{}; known are {}", name,
          Suggestion(name, all), fmt::join(all, ", "));
  return *quantity;
}

/// Returns what a column of this name is unless it is said otherwise.
std::optional<Quantity> KnownName(std::string_view column) {
  if (const auto quantity = FromName<Quantity>(column)) return quantity;
  for (const OtherName& other : kOtherNames) {
    if (column == other.name) return other.quantity;
  }
  return std::nullopt;
}

void RequireOnce(const std::vector<ColumnName>& given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    RequireQuantity(given[i].quantity);
    for (std::size_t j = 0; j < i; ++j) {
      Require(given[i].quantity != given[j].quantity,
              "--column: {} is named twice", given[i].quantity);
      Require(given[i].column != given[j].column,
              "--column: '{}' cannot be both {} and {}", given[i].column,
              given[j].quantity, given[i].quantity);
    }
  }
}

std::optional<std::size_t> Find(const RecordTable& table,
                                std::string_view name) {
  const auto found = std::ranges::find(table.columns, name);
  if (found == table.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.columns.begin());
}

/// A column's name and the factor behind it: {"Params (M)", 1e6}.
struct ScaledName {
  std::string name;
  double factor = 1.0;
};

ScaledName SplitFactor(const std::string& text) {
  const auto star = text.rfind('*');
  if (star == std::string::npos || star == 0) return {text};
  const auto factor = ParseNumber<double>(text.substr(star + 1));
  const bool usable = factor && std::isfinite(*factor) && *factor > 0.0;
  if (!usable) return {text};
  std::string name = text.substr(0, star);
  while (name.ends_with(' ')) name.pop_back();
  return {name, *factor};
}

bool HasValue(const Record& row, const QuantityColumn& column) {
  return std::ranges::any_of(column.indices, [&](std::size_t index) {
    return !IsAbsent(row.cells[index]);
  });
}

std::vector<std::string> ShortenedNames(const RecordTable& table) {
  return Transformed(table.columns, [](const std::string& name) {
    return Shortened(name, kLongestName);
  });
}

/// Whether some row has a value in both.
bool Collide(const RecordTable& table, const QuantityColumn& a,
             const QuantityColumn& b) {
  return a.name == b.name ||
         std::ranges::any_of(table.rows, [&](const Record& row) {
           return HasValue(row, a) && HasValue(row, b);
         });
}

}  // namespace

ColumnName ParseColumnName(std::string_view text) {
  const auto equals = text.find('=');
  Require(equals != std::string_view::npos && equals > 0 &&
              equals + 1 < text.size(),
          "--column: must be quantity=column, as in params=\"Model Size\", got "
          "'{}'",
          text);
  ColumnName name{std::string(text.substr(0, equals)),
                  std::string(text.substr(equals + 1))};
  RequireQuantity(name.quantity);
  return name;
}

TableColumns::TableColumns(const RecordTable& table,
                           const std::vector<ColumnName>& given,
                           RowProblems* problems) {
  RequireOnce(given);
  for (const ColumnName& name : given) AddGiven(table, name, problems);
  AddKnown(table);
  RefuseDoubles(table, problems);
  RequireEnough(table, problems);
}

std::string TextOf(const Record& record, const QuantityColumn& column) {
  std::string text;
  for (const std::size_t index : column.indices) {
    const std::string& cell = record.cells[index];
    if (IsAbsent(cell)) continue;
    if (!text.empty()) text += ", ";
    text += cell;
  }
  return text;
}

bool HasColumn(const RecordTable& table, const ColumnName& given) {
  if (Find(table, given.column)) return true;
  if (RequireQuantity(given.quantity) != Quantity::kGroup) {
    return Find(table, SplitFactor(given.column).name).has_value();
  }
  return std::ranges::any_of(SplitAtCommas(given.column),
                             [&table](const std::string& name) {
                               return Find(table, name).has_value();
                             });
}

void TableColumns::AddGiven(const RecordTable& table, const ColumnName& given,
                            RowProblems* problems) {
  QuantityColumn column{.quantity = RequireQuantity(given.quantity),
                        .name = given.column,
                        .indices = {}};
  std::vector<std::string> names = {given.column};
  if (!Find(table, given.column)) {
    if (column.quantity == Quantity::kGroup) {
      names = SplitAtCommas(given.column);
    } else {
      const ScaledName scaled = SplitFactor(given.column);
      names = {scaled.name};
      column.factor = scaled.factor;
    }
  }
  for (const std::string& name : names) {
    RequireColumn(table, name, problems);
    if (const auto index = Find(table, name)) column.indices.push_back(*index);
  }
  read_.push_back(std::move(column));
}

void TableColumns::AddKnown(const RecordTable& table) {
  const std::vector<QuantityColumn> given = read_;
  const auto is_given = [&](Quantity quantity) {
    return std::ranges::find(given, quantity, &QuantityColumn::quantity) !=
           given.end();
  };
  const auto is_taken = [&](std::size_t index) {
    return std::ranges::any_of(given, [&](const QuantityColumn& column) {
      return std::ranges::find(column.indices, index) != column.indices.end();
    });
  };
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& name = table.columns[i];
    if (is_taken(i)) continue;
    const auto quantity = KnownName(name);
    if (quantity && !is_given(*quantity)) {
      read_.push_back({.quantity = *quantity, .name = name, .indices = {i}});
    } else if (!name.empty()) {
      unread_.push_back(i);
    }
  }
}

void TableColumns::RefuseDoubles(const RecordTable& table,
                                 RowProblems* problems) const {
  for (std::size_t i = 0; i < read_.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (read_[i].quantity != read_[j].quantity ||
          !Collide(table, read_[j], read_[i])) {
        continue;
      }
      problems->Add(
          kHeaderLine,
          fmt::format("columns '{}' and '{}' both are {}: say which "
                      "with --column {}=...",
                      Shortened(read_[j].name, kLongestName),
                      Shortened(read_[i].name, kLongestName),
                      NameOf(read_[i].quantity), NameOf(read_[i].quantity)));
    }
  }
}

void TableColumns::RequireEnough(const RecordTable& table,
                                 RowProblems* problems) const {
  const auto need = [&](const char* what,
                        std::initializer_list<Quantity> quantities) {
    if (std::ranges::any_of(quantities, [&](Quantity q) { return Has(q); })) {
      return;
    }
    problems->Add(
        kHeaderLine,
        fmt::format("no column {}; there are: {}. Name it with --column "
                    "{}=...",
                    what, ShortList(ShortenedNames(table)),
                    NameOf(*quantities.begin())));
  };
  // Any two of N, D and C give the third.
  if (!(Has(Quantity::kTokens) && Has(Quantity::kFlops))) {
    need("'params' (or 'N')", {Quantity::kParams, Quantity::kParamsTotal,
                               Quantity::kParamsNonEmbedding});
  }
  need("'tokens' (or 'D') or 'flops' (or 'C')",
       {Quantity::kTokens, Quantity::kFlops});
  need("'loss' (or 'L')", {Quantity::kLoss});
}

bool TableColumns::Has(Quantity quantity) const {
  return std::ranges::find(read_, quantity, &QuantityColumn::quantity) !=
         read_.end();
}

void RequireColumn(const RecordTable& table, const std::string& name,
                   RowProblems* problems) {
  if (Find(table, name)) return;
  std::vector<std::string> names;
  for (const std::string& column : table.columns) {
    if (column.size() <= 2 * name.size()) names.push_back(column);
  }
  problems->Add(kHeaderLine,
                fmt::format("no column '{}'{}", name, Suggestion(name, names)));
}

}  // namespace isoflop
