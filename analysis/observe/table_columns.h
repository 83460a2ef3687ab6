// Which columns of a table hold which quantities.

#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/table/record_table.h"
#include "lib/core/names.h"

namespace isoflop {

/// Bytes of a column's name in a message: names are whole, unless they can be
/// none.
inline constexpr std::size_t kLongestName = 300;

/// What a column may hold.
enum class Quantity {
  kParams,
  kTokens,
  kLoss,
  kFlops,
  kSeed,
  kGroup,
  kWeight,
  kLossStd,
  kBudgetFlops,
  kUniqueTokens,
  kEpochs,
  kBytesPerToken,
  kParamsTotal,
  kParamsNonEmbedding,
  kStatus,
  kLossUnit
};

constexpr std::array<NamedValue<Quantity>, 16> EnumNames(Quantity) {
  return {{{Quantity::kParams, "params"},
           {Quantity::kTokens, "tokens"},
           {Quantity::kLoss, "loss"},
           {Quantity::kFlops, "flops"},
           {Quantity::kSeed, "seed"},
           {Quantity::kGroup, "group"},
           {Quantity::kWeight, "weight"},
           {Quantity::kLossStd, "loss_std"},
           {Quantity::kBudgetFlops, "budget_flops"},
           {Quantity::kUniqueTokens, "unique_tokens"},
           {Quantity::kEpochs, "epochs"},
           {Quantity::kBytesPerToken, "bytes_per_token"},
           {Quantity::kParamsTotal, "params_total"},
           {Quantity::kParamsNonEmbedding, "params_non_embedding"},
           {Quantity::kStatus, "status"},
           {Quantity::kLossUnit, "loss_unit"}}};
}

/// Says that a file calls the column `column` what we call `quantity`:
/// {"params", "Model Size"}.
struct ColumnName {
  std::string quantity;
  std::string column;
};

/// Parses "params=Model Size". Throws Error when there is no "=", when either
/// side is empty, and for a quantity that is unknown.
ColumnName ParseColumnName(std::string_view text);

/// A column that is read, or several joined.
struct QuantityColumn {
  Quantity quantity;
  std::string name;                  // what the file calls it
  std::vector<std::size_t> indices;  // of the table; mostly one
  double factor = 1.0;               // of every number in it
};

/// Which columns of a table are which quantities: by the names given, and for
/// quantities without a given name by their own name, by their letter N, D, L
/// or C, as run records have it (loss_std_error) or as trackers do (State). A
/// column that is given as one quantity is no other by its name.
///
/// What is given may end in a factor, "Params (M)*1e6", and for a group be
/// several columns, "model,run", unless a column has all of that for its name.
class TableColumns {
 public:
  /// Throws Error where `given` names a quantity or a column twice. Columns
  /// that are not there, too many of one quantity and too few for a law become
  /// problems of the header.
  TableColumns(const RecordTable& table, const std::vector<ColumnName>& given,
               RowProblems* problems);

  const std::vector<QuantityColumn>& read() const { return read_; }

  /// Whether some column is this quantity.
  bool Has(Quantity quantity) const;

  /// The columns that are not read, as indices of the table.
  const std::vector<std::size_t>& unread() const { return unread_; }

 private:
  void AddGiven(const RecordTable& table, const ColumnName& given,
                RowProblems* problems);
  void AddKnown(const RecordTable& table);
  void RefuseDoubles(const RecordTable& table, RowProblems* problems) const;
  void RequireEnough(const RecordTable& table, RowProblems* problems) const;

  std::vector<QuantityColumn> read_;
  std::vector<std::size_t> unread_;
};

/// Returns the cells of a column, joined where it is several; empty where none
/// of them has a value.
std::string TextOf(const Record& record, const QuantityColumn& column);

/// Returns whether the table has the column, or what is left of its name
/// without a factor, or one of several that are to be joined.
bool HasColumn(const RecordTable& table, const ColumnName& given);

/// Complains unless the table has a column of exactly this name.
void RequireColumn(const RecordTable& table, const std::string& name,
                   RowProblems* problems);

}  // namespace isoflop
