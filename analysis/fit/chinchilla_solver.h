// The search for the global minimum of Approach 3, once for the estimate and
// once more for every resample.
//
// The starts are what variable projection (Golub & Pereyra 1973) gives: the
// best E, A and B for each pair of exponents of a grid. The projected function
// is not searched any further, because with a robust penalty each of its values
// would take a descent of its own; a descent in all five coefficients at once
// reaches the same minima, and Newton's method then reaches them to rounding.
// What makes a start a start is the basin it lies in, and for that least
// squares will do.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/fit/chinchilla_objective.h"
#include "analysis/fit/chinchilla_starts.h"
#include "analysis/fit/descent.h"
#include "analysis/fit/fit_options.h"
#include "analysis/fit/held_coefficients.h"
#include "analysis/fit/observation.h"

namespace isoflop {

/// A minimum; with kStudentT, also of the density's constants.
struct Minimum {
  PolishedMinimum polished;
  std::optional<StudentT> density;

  /// With kStudentT, by how much estimating the density once more would change
  /// the logarithm of a constant of it.
  double density_step = 0.0;

  /// The objective; infinite when it is not a number.
  double value() const;
  Chinchilla law() const { return polished.law(); }  // for centred N and D
};

/// A minimum and how many descents ended there.
struct Basin {
  Minimum lowest;
  int starts = 0;
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

  /// The lowest found, whether or not it is of a law; infinite: no number.
  double objective = 0.0;
};

/// Solves one problem for changing weights. Copy it for use in a thread.
class ChinchillaSolver {
 public:
  /// REQUIRES: observations is not empty and every number is positive.
  ChinchillaSolver(std::span<const Observation> observations,
                   const ObjectiveOptions& options);

  /// Descends from every start. With kStudentT this is done for the density of
  /// the least-squares residuals, and every minimum found is then settled with
  /// a density of its own.
  GlobalMinimum SolveGlobally();

  /// Returns the law for weights multiplied by `factors`, from `estimate` (with
  /// kStudentT and its `density`) and from the start that suits these weights
  /// best.
  Refit SolveAgain(std::span<const double> factors, const Chinchilla& estimate,
                   const std::optional<StudentT>& density);

  /// Returns what keeps a minimum from being a law whose coefficients the data
  /// determine, in words; empty when nothing does.
  std::string Defect(const Minimum& minimum) const;

  /// Whether the minimum is one to rounding: see Certificate::converged.
  bool Converged(const Minimum& minimum) const;

  /// Returns the law in the units of the observations. E is exactly 0 where it
  /// is only rounding.
  Chinchilla LawOf(const Minimum& minimum) const;

  /// The objective, with the penalty of the minimum that was found last.
  const ChinchillaObjective& objective() const { return objective_; }
  const HeldCoefficients& held() const { return held_; }

 private:
  Minimum Minimise(const Chinchilla& start, const Minimum* known = nullptr);
  PolishedMinimum MinimiseWithin(const Face& face, const Chinchilla& start,
                                 const Minimum* known = nullptr);
  PolishedMinimum SharpenLad(const Face& face, const Chinchilla& start);
  bool IsNear(const Minimum& known, const Face& face,
              const Vector5& point) const;
  Chinchilla WithoutOffset(Chinchilla law) const;
  bool Admissible(const PolishedMinimum& minimum) const;
  Minimum Settle(Minimum minimum);
  void SettleAll(std::vector<Basin>* basins, const StudentT& density);
  std::optional<StudentT> DensityAt(const Chinchilla& law) const;
  std::optional<StudentT> DensityOfLeastSquares();
  bool Agree(double value, double lowest) const;
  bool HasSizeTerm(const Chinchilla& law) const;
  bool HasDataTerm(const Chinchilla& law) const;

  LossKind loss_;
  ChinchillaObjective objective_;
  HeldCoefficients held_;
  StartGrid grid_;
  StartGrid coarse_grid_;
};

}  // namespace isoflop
