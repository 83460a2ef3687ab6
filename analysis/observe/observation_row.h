// From the cells of one row of a table to an observation.

#pragma once

#include <map>
#include <optional>
#include <string>

#include "analysis/observe/observation.h"
#include "analysis/observe/table_columns.h"
#include "analysis/observe/table_loss.h"
#include "analysis/table/row_problems.h"

namespace isoflop {

/// The numbers and words of one row, before they are an observation.
class ObservationRow {
 public:
  ObservationRow(int line, const LossScale& scale, RowProblems* problems)
      : line_(line), problems_(problems), scale_(scale) {}

  /// Takes the text of a cell that is not absent. A seed has to be a whole
  /// number; every number that is not has to be finite and above 0.
  void Set(const QuantityColumn& column, const std::string& text);

  /// Returns N, D, L and C with what follows from the others: D = C/(6N),
  /// C = 6ND, N = C/(6D). Nothing when something is missing or wrong, which is
  /// then among the problems.
  std::optional<Observation> ToObservation() const;

  /// Which of the counts N is.
  ParamsKind params() const;

  /// What the loss is given in, and fitted in.
  const LossScale& loss() const { return scale_; }

 private:
  bool Has(Quantity quantity) const { return numbers_.contains(quantity); }
  std::optional<double> Number(Quantity quantity) const;
  bool Complete() const;
  double Params() const;
  std::optional<double> Loss() const;
  void SetLossUnit(const QuantityColumn& column, const std::string& text);
  void SetNumber(const QuantityColumn& column, const std::string& text);
  void Refuse(const QuantityColumn& column, const std::string& text,
              const std::string& needed);

  int line_;
  RowProblems* problems_;
  LossScale scale_;
  std::map<Quantity, double> numbers_;
  std::optional<std::int64_t> seed_;
  std::string group_;
  bool refused_ = false;
};

}  // namespace isoflop
