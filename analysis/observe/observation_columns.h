// The columns of an observation file: what they are called and what a row of
// them has to hold, whether it comes from CSV or JSON Lines.

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/observe/observation.h"
#include "lib/core/names.h"
#include "lib/core/record_table.h"

namespace isoflop {

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
  kParamsTotal,
  kParamsNonEmbedding,
  kStatus,
  kLossUnit
};

constexpr std::array<NamedValue<Quantity>, 14> EnumNames(Quantity) {
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

/// Which column is which quantity: by the names given, and for quantities
/// without a given name by their own name, by their letter N, D, L or C, or as
/// run records have it (loss_std_error).
class ColumnDictionary {
 public:
  /// Throws Error when a quantity or a column is named twice.
  explicit ColumnDictionary(const std::vector<ColumnName>& given);

  std::optional<Quantity> Find(std::string_view column) const;

  /// The names that a person has given, all of which have to be there.
  const std::vector<ColumnName>& given() const { return given_; }

 private:
  std::map<std::string, Quantity, std::less<>> quantities_;
  std::vector<ColumnName> given_;
};

/// One value of a row, as everything that it can be read as.
struct Cell {
  std::string column;  // what the file calls it
  std::string word;
  std::optional<double> number;
  std::optional<std::int64_t> whole;
  std::string shown;   // how the file writes it, for messages
  std::string advice;  // how to write it as a number; mostly empty
};

/// The numbers and words of one row, before they are an observation.
class RawRow {
 public:
  RawRow(int line, RowProblems* problems) : line_(line), problems_(problems) {}

  /// Takes a value. A seed has to be a whole number; every number that is not
  /// has to be finite and above 0.
  void Set(Quantity quantity, const Cell& cell);
  void SetLabel(const std::string& label) { label_ = label; }
  const std::string& label() const { return label_; }

  /// Makes it a problem that there is no label, which is in `column`.
  void NeedLabel(const std::string& column);

  /// Whether the row is of a run that has no loss to report.
  bool unfinished() const;

  /// Returns N, D, L and C with what follows from the others: D = C/(6N),
  /// C = 6ND. Nothing when something is missing or wrong, which is then among
  /// the problems.
  std::optional<Observation> ToObservation() const;

  /// Which of the counts N is.
  ParamsKind params() const;

  /// What the loss is measured in: nats, unless the row says otherwise.
  LossUnit loss_unit() const { return loss_unit_; }

 private:
  bool Has(Quantity quantity) const { return numbers_.contains(quantity); }
  std::optional<double> Number(Quantity quantity) const;
  bool Complete() const;
  void Refuse(const Cell& cell, std::string_view needed,
              const std::string& advice);

  int line_;
  RowProblems* problems_;
  std::map<Quantity, double> numbers_;
  std::optional<std::int64_t> seed_;
  std::string group_;
  std::string status_;
  LossUnit loss_unit_ = LossUnit::kNats;
  std::string label_;
  bool refused_ = false;
};

}  // namespace isoflop
