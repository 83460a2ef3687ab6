#include "analysis/observe/joined_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "analysis/observe/run_status_words.h"
#include "analysis/table/cell.h"
#include "lib/core/error.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::size_t kMostDuplicates = 5;  // that are named

/// The columns of the joined table, in the order in which they come.
class Columns {
 public:
  std::size_t Of(const std::string& name) {
    const auto [place, is_new] = places_.emplace(name, names_.size());
    if (is_new) names_.push_back(name);
    return place->second;
  }

  const std::vector<std::string>& names() const { return names_; }

 private:
  std::map<std::string, std::size_t> places_;
  std::vector<std::string> names_;
};

/// The text of a quantity in its own unit. What is no number is left to whoever
/// reads it.
std::string InItsUnit(const Record& record, const QuantityColumn& column) {
  std::string text = TextOf(record, column);
  if (column.factor == 1.0) return text;
  const auto number = NumberOf(text);
  return number ? fmt::format("{}", *number * column.factor) : text;
}

/// Whether a table is one of SweepTable, whose rows lie on no line.
bool IsOfSweep(const RecordTable& table) {
  return !table.rows.empty() && table.rows.front().line == 0;
}

class Joiner {
 public:
  explicit Joiner(const std::vector<RecordTable>& tables) {
    std::vector<std::string> sources;
    sources.reserve(tables.size());
    for (const RecordTable& table : tables) sources.push_back(table.source);
    joined_.source = fmt::format("{}", fmt::join(sources, ", "));
    columns_.Of(kSourceColumn);
  }

  /// Throws Error, naming the table.
  void Add(const RecordTable& table, const std::vector<ColumnName>& given) {
    RowProblems problems(table.source);
    if (std::ranges::find(table.columns, kSourceColumn) !=
        table.columns.end()) {
      problems.Add(0,
                   "has a column 'source', which is to name the input here; "
                   "rename it");
    }
    const TableColumns columns(table, given, &problems);
    problems.ThrowIfAny();
    AddRows(table, columns);
  }

  RecordTable Take() {
    joined_.columns = columns_.names();
    for (Record& row : joined_.rows) row.cells.resize(joined_.columns.size());
    joined_.source_column = 0;
    return std::move(joined_);
  }

 private:
  void AddRows(const RecordTable& table, const TableColumns& columns) {
    std::set<std::string> quantities;
    for (const QuantityColumn& column : columns.read()) {
      quantities.insert(std::string(NameOf(column.quantity)));
    }
    for (const Record& record : table.rows) {
      std::vector<std::string> cells(columns_.names().size());
      Put(kSourceColumn, table.source, &cells);
      for (const QuantityColumn& column : columns.read()) {
        std::string text = InItsUnit(record, column);
        if (text.empty()) continue;
        const bool prefixed =
            column.quantity == Quantity::kGroup && !IsOfSweep(table);
        Put(std::string(NameOf(column.quantity)),
            prefixed ? table.source + ": " + text : text, &cells);
      }
      PutCount(columns, &cells);
      for (const std::size_t index : columns.unread()) {
        // A column that is called like a quantity, but was not given as it.
        if (FromName<Quantity>(table.columns[index])) continue;
        Put(table.columns[index], record.cells[index], &cells);
      }
      joined_.rows.push_back({record.line, std::move(cells)});
    }
  }

  /// N is one column of the joined table, whichever count a table has.
  void PutCount(const TableColumns& columns, std::vector<std::string>* cells) {
    if (columns.Has(Quantity::kParams)) return;
    for (const char* count : {"params_total", "params_non_embedding"}) {
      if (!columns.Has(*FromName<Quantity>(count))) continue;
      const std::size_t index = columns_.Of(count);
      const std::string text = index < cells->size() ? (*cells)[index] : "";
      return Put("params", text, cells);
    }
  }

  void Put(const std::string& column, const std::string& text,
           std::vector<std::string>* cells) {
    const std::size_t index = columns_.Of(column);
    if (index >= cells->size()) cells->resize(index + 1);
    (*cells)[index] = text;
  }

  RecordTable joined_;
  Columns columns_;
};

/// The cells of the columns of these names; nothing where one is absent.
std::optional<std::string> KeyOf(const RecordTable& table, const Record& row,
                                 const std::vector<std::string>& names) {
  std::string key;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(table.columns, name);
    const std::string cell = found == table.columns.end()
                                 ? ""
                                 : row.cells[static_cast<std::size_t>(
                                       found - table.columns.begin())];
    // Runs without a seed may be compared.
    if (IsAbsent(cell) && name == "seed") continue;
    if (IsAbsent(cell)) return std::nullopt;
    const auto number = NumberOf(cell);
    key += fmt::format("{}{} {}", key.empty() ? "" : ", ", name,
                       number ? fmt::format("{}", *number) : cell);
  }
  return key;
}

bool HasFinished(const RecordTable& table, const Record& row) {
  const auto status = std::ranges::find(table.columns, "status");
  if (status == table.columns.end()) return true;
  const auto index = static_cast<std::size_t>(status - table.columns.begin());
  return IsAbsent(row.cells[index]) ||
         RunEndOf(row.cells[index]) != RunEnd::kUnfinished;
}

/// Names what is in two inputs by these columns.
void FindDuplicates(const RecordTable& table,
                    const std::vector<std::string>& names,
                    std::set<std::string>* duplicates) {
  std::map<std::string, std::string> first;  // source of a key
  for (const Record& row : table.rows) {
    const auto key = KeyOf(table, row, names);
    if (!key || !HasFinished(table, row)) continue;
    const std::string& source = row.cells[*table.source_column];
    const auto known = first.emplace(*key, source).first;
    if (known->second == source) continue;
    duplicates->insert(fmt::format("{}: in {} and in {}", Shortened(*key),
                                   known->second, source));
  }
}

/// Throws Error for a column that no table has.
void RequireSomewhere(const std::vector<RecordTable>& tables,
                      const std::vector<ColumnName>& given) {
  Problems problems;
  for (const ColumnName& name : given) {
    const bool found = std::ranges::any_of(
        tables, [&](const auto& table) { return HasColumn(table, name); });
    if (found) continue;
    problems.Add("--column", fmt::format("no input has a column '{}' ({})",
                                         name.column, name.quantity));
  }
  problems.ThrowIfAny();
}

/// Which count `params` is in every row of one input.
std::map<std::string, std::set<ParamsKind>> CountsOf(const RecordTable& table) {
  std::map<std::string, std::set<ParamsKind>> kinds;
  const auto column = [&table](const char* name) {
    return std::ranges::find(table.columns, name) - table.columns.begin();
  };
  const auto N = column("params");
  const std::pair<std::ptrdiff_t, ParamsKind> counts[] = {
      {column("params_total"), ParamsKind::kTotal},
      {column("params_non_embedding"), ParamsKind::kNonEmbedding}};
  const auto columns = static_cast<std::ptrdiff_t>(table.columns.size());
  for (const Record& row : table.rows) {
    const std::string own =
        N < columns ? row.cells[static_cast<std::size_t>(N)] : "";
    std::set<ParamsKind> fits;
    for (const auto& [index, kind] : counts) {
      if (index >= columns) continue;
      const std::string& cell = row.cells[static_cast<std::size_t>(index)];
      if (IsAbsent(cell)) continue;
      if (IsAbsent(own) || SameValue(own, cell)) fits.insert(kind);
    }
    auto& known =
        kinds.emplace(row.cells[*table.source_column], fits).first->second;
    std::erase_if(known, [&](ParamsKind kind) { return !fits.contains(kind); });
  }
  return kinds;
}

}  // namespace

RecordTable JoinedTable(const std::vector<RecordTable>& tables,
                        const std::vector<ColumnName>& given) {
  RequireSomewhere(tables, given);
  Joiner joiner(tables);
  std::string errors;
  for (const RecordTable& table : tables) {
    std::vector<ColumnName> own;
    std::ranges::copy_if(
        given, std::back_inserter(own),
        [&table](const ColumnName& name) { return HasColumn(table, name); });
    try {
      joiner.Add(table, own);
    } catch (const Error& error) {
      errors += (errors.empty() ? "" : "\n") + std::string(error.what());
    }
  }
  if (!errors.empty()) throw Error(errors);
  return joiner.Take();
}

void RequireOneRunEach(const RecordTable& table) {
  std::set<std::string> duplicates;
  FindDuplicates(table, {"id"}, &duplicates);
  if (duplicates.empty()) {
    FindDuplicates(table, {"params", "tokens", "loss", "seed"}, &duplicates);
  }
  if (duplicates.empty()) return;
  std::string list;
  std::size_t named = 0;
  for (const std::string& duplicate : duplicates) {
    if (++named > kMostDuplicates) break;
    list += "\n  run of " + duplicate;
  }
  if (duplicates.size() > kMostDuplicates) {
    list += fmt::format("\n  and {} more", duplicates.size() - kMostDuplicates);
  }
  throw Error(fmt::format(
      "{}: a run may count once, but some are in two of them; leave one out "
      "with --where source=... or out of its file{}",
      table.source, list));
}

void RequireOneCount(const RecordTable& joined,
                     std::vector<std::string>* notes) {
  std::vector<std::string> total;
  std::vector<std::string> non_embedding;
  std::vector<std::string> unknown;
  for (const auto& [source, kinds] : CountsOf(joined)) {
    if (kinds.empty()) unknown.push_back(source);
    // Both, where the embedding has no parameters.
    if (kinds.size() != 1) continue;
    (kinds.contains(ParamsKind::kTotal) ? total : non_embedding)
        .push_back(source);
  }
  Require(total.empty() || non_embedding.empty(),
          "N counts total parameters in {}, and non-embedding ones in {}: say "
          "which with --params total or --params non_embedding",
          fmt::join(total, ", "), fmt::join(non_embedding, ", "));
  if (unknown.empty() || (total.empty() && non_embedding.empty())) return;
  notes->push_back(fmt::format(
      "{} does not say what N counts: it is taken to be {}, as in {}",
      fmt::join(unknown, ", "), total.empty() ? "non-embedding" : "total",
      fmt::join(total.empty() ? non_embedding : total, ", ")));
}

}  // namespace isoflop
