// The search for the global minimum of Approach 3, once for the estimate and
// once more for every resample.

#pragma once

#include <optional>
#include <span>
#include <string>

#include "analysis/fit/chinchilla_objective.h"
#include "analysis/fit/chinchilla_starts.h"
#include "analysis/fit/descent.h"
#include "analysis/fit/fit_options.h"
#include "analysis/fit/observation.h"

namespace isoflop {

/// A minimum; with kStudentT, also of the density's constants.
struct Minimum {
  PolishedMinimum polished;
  std::optional<StudentT> density;

  /// The objective; infinite when it is not a number.
  double value() const;
  Chinchilla law() const { return polished.law(); }  // for centred N and D
};

/// The lowest minimum found and what the descents say about it.
struct GlobalMinimum {
  Minimum lowest;
  int starts = 0;
  int agreeing = 0;
  int distinct_minima = 0;
};

/// The law fitted to a resample, or nothing when it has none (Defect).
struct Refit {
  std::optional<Chinchilla> law;
  bool escaped = false;  // a start of its own led lower than the estimate did
};

/// Solves one problem for changing weights. Copy it for use in a thread.
class ChinchillaSolver {
 public:
  /// REQUIRES: observations is not empty and every number is positive.
  ChinchillaSolver(std::span<const Observation> observations,
                   const ObjectiveOptions& options);

  /// Descends from every start.
  GlobalMinimum SolveGlobally();

  /// Returns the law for weights multiplied by `factors`, from `estimate` (with
  /// kStudentT and its `density`) and from the start that suits these weights
  /// best.
  Refit SolveAgain(std::span<const double> factors, const Chinchilla& estimate,
                   const std::optional<StudentT>& density);

  /// Returns what keeps a minimum from being a law with five parameters that
  /// the data determine, in words; empty when nothing does.
  std::string Defect(const Minimum& minimum) const;

  /// Returns the law in the units of the observations. E is exactly 0 where it
  /// is only rounding.
  Chinchilla LawOf(const Minimum& minimum) const;

  /// The objective, with the penalty of the minimum that was found last.
  const ChinchillaObjective& objective() const { return objective_; }

 private:
  Minimum Minimise(const Chinchilla& start);
  PolishedMinimum MinimiseWithin(Face face, const Chinchilla& start);
  bool Admissible(const PolishedMinimum& minimum) const;
  Minimum Settle(Minimum minimum);
  std::optional<StudentT> DensityAt(const Chinchilla& law) const;
  std::optional<StudentT> DensityOfLeastSquares();
  bool Agree(double value, double lowest) const;
  bool HasSizeTerm(const Chinchilla& law) const;
  bool HasDataTerm(const Chinchilla& law) const;

  LossKind loss_;
  ChinchillaObjective objective_;
  StartGrid grid_;
  StartGrid coarse_grid_;
};

}  // namespace isoflop
