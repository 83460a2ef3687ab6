// The search for the lowest minimum of any law's objective, once for the
// estimate and once more for every resample, hold-out and point of a profile.
//
// From each start a descent in all coefficients at once: Levenberg and
// Marquardt's method (Ceres), then Newton's until only rounding is left
// (solve/minimise.h). A descent that would leave the bound of a coefficient
// ends on it, unless the objective falls from there as the coefficient rises.
//
// Of many runs a sample is searched; what is found there is followed with all
// of them.

#pragma once

#include <Eigen/Core>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/regress/chart.h"
#include "analysis/regress/objective.h"
#include "analysis/solve/certificate.h"
#include "analysis/solve/minimise.h"
#include "analysis/solve/objective_options.h"
#include "lib/numeric/student_t.h"

namespace isoflop {

/// With more runs than this a search for minima takes about so many of them.
inline constexpr std::size_t kMostSearched = 600;

/// A minimum; with kStudentT, also of the density's constants.
struct Minimum {
  LocalMinimum local;  // in the coordinates of `chart`
  Chart chart;
  Eigen::VectorXd c;  // coefficients, in the units of the fit
  std::optional<StudentT> density;

  /// With kStudentT, LogChange by one more estimate of the density.
  double density_step = 0.0;

  /// The objective; infinite when it is not a number.
  double value() const { return local.value(); }
};

/// The lowest minimum found and what the descents say about it.
struct GlobalMinimum {
  Minimum lowest;
  int starts = 0;
  int agreeing = 0;         // descents that end as low
  int distinct_minima = 0;  // places at which converged descents end
};

/// What a fit to other weights found.
struct Refit {
  /// Coefficients as they are given to people; absent: no law (see Defect).
  std::optional<Eigen::VectorXd> coefficients;
  bool escaped = false;  // a start of its own led lower than the estimate did

  /// The lowest found, whether or not it is of a law; infinite: no number.
  double objective = 0.0;
};

/// Solves one problem for changing weights. Copy it for use in a thread.
class LawSolver {
 public:
  /// REQUIRES: runs are not empty and positive.
  LawSolver(LawModel model, std::span<const LawRun> runs,
            const ObjectiveOptions& options, Constraints constraints);

  /// Descends from starts, more and more of them, until the lowest minimum was
  /// found three times or there have been kMostStarts. With kStudentT this is
  /// done for the density of the least-squares residuals, and every minimum is
  /// then settled with a density of its own.
  GlobalMinimum SolveGlobally();

  /// Returns the fit for weights multiplied by `factors`, from `given`
  /// coefficients (with kStudentT and their `density`) and, when `check`, from
  /// the start that suits these weights best. `factors` empty: the weights as
  /// they are.
  Refit SolveAgain(std::span<const double> factors,
                   const Eigen::VectorXd& given,
                   const std::optional<StudentT>& density, bool check = true);

  /// Returns a solver of the same problem with one coefficient held.
  LawSolver Holding(int coefficient, double value) const;

  /// What keeps a minimum from being a law, in words; empty when nothing does.
  std::string Defect(const Minimum& minimum) const;

  Certificate Certify(const GlobalMinimum& global) const;

  /// Returns the coefficients as they are given to people. One with a bound of
  /// 0 is exactly 0 where it is only rounding.
  Eigen::VectorXd Given(const Minimum& minimum) const;

  /// Returns the sum of penalties; with kLad of |r| itself.
  double ObjectiveValue(const Minimum& minimum) const;

  /// The objective, with the penalty of the minimum that was found last.
  const Objective& objective() const { return objective_; }
  const LawModel& model() const { return *model_; }
  const Chart& chart() const { return inside_; }

 private:
  struct Basin {
    Minimum lowest;
    int starts = 0;
  };
  using Range = std::vector<std::pair<double, double>>;  // by input
  static constexpr std::size_t kPlaces = 3;  // of an input: middle and ends

  Minimum Minimise(const Eigen::VectorXd& start, const Minimum* known = nullptr,
                   bool is_near = false);
  Minimum MinimiseWithin(const Chart& chart, const Eigen::VectorXd& start,
                         const Minimum* known = nullptr, bool is_near = false);
  SmoothObjective Smooth(const Chart& chart) const;
  Eigen::VectorXd OnBound(Eigen::VectorXd c, int coefficient) const;
  std::optional<int> ViolatedBound(const Minimum& minimum) const;
  std::optional<int> FallingBound(const Minimum& minimum) const;
  static RunBlock EndsOf(const Range& range, std::size_t input);
  bool FallsWith(const Eigen::VectorXd& c, std::size_t input) const;
  std::optional<std::size_t> LostInput(const Eigen::VectorXd& c) const;
  Minimum Settle(Minimum minimum);
  void SettleAll(std::vector<Basin>* basins, const StudentT& density);
  std::optional<StudentT> DensityOfLeastSquares();
  void Descend(int first, int last, std::vector<Basin>* basins);
  GlobalMinimum Summarise(const std::vector<Basin>& basins) const;
  std::vector<Basin> Search();
  GlobalMinimum SolveWithinBounds();
  void Merge(Basin basin, std::vector<Basin>* basins) const;
  bool Agree(double value, double lowest) const;
  bool IsBetter(const Minimum& a, const Minimum& b) const;
  void SetWeightFactors(std::span<const double> factors);
  void SetRanges();

  std::shared_ptr<const LawModel> model_;
  ObjectiveOptions options_;
  Constraints constraints_;
  HeldValues unlimited_;    // coefficients that are taken for infinite
  double settled_ = 1e-15;  // where Newton's method stops
  Objective objective_;
  Chart inside_;                      // without a bound
  std::vector<Range> ranges_;         // of the inputs, one a variant
  std::vector<LawSolver> sample_;     // one, of many runs
  std::vector<std::size_t> sampled_;  // which runs that is of
};

}  // namespace isoflop
