// The search for the lowest minimum of a LawModel's objective.

#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <vector>

#include "analysis/fit/fit_options.h"
#include "analysis/fit/law_descent.h"
#include "analysis/fit/law_model.h"

namespace isoflop {

/// The lowest minimum found and what the descents say about it.
struct LawSolution {
  LocalMinimum minimum;
  HeldValues held;  // as asked for, and what has vanished, or has no limit
  std::optional<StudentT> density;

  /// With kStudentT, LogChange by one more estimate of the density.
  double density_step = 0.0;
  int starts = 0;
  int agreeing = 0;         // descents that end as low
  int distinct_minima = 0;  // places at which converged descents end
};

/// Solves for one model and one set of runs, which outlive it.
class LawSolver {
 public:
  LawSolver(const LawModel& model, std::span<const LawRun> runs,
            const ObjectiveOptions& options)
      : model_(model), runs_(runs), options_(options) {}

  /// Descends from every start. A coefficient that may vanish, or be unlimited,
  /// does when that is no worse. With kStudentT every minimum is found for the
  /// density of the least-squares residuals, and then settled with a density of
  /// its own, before minima are compared. Nothing when there is no start.
  std::optional<LawSolution> SolveGlobally(const HeldValues& held) const;

  /// Descends from `starts` alone, with the density of a solution if it has
  /// one. Nothing when no descent ends in a number.
  std::optional<LawSolution> SolveFrom(
      const std::vector<Eigen::VectorXd>& starts, const HeldValues& held,
      const std::optional<StudentT>& density) const;

  /// The objective as a solution has left it.
  LawObjective ObjectiveOf(const LawSolution& solution) const;

 private:
  LocalMinimum Minimise(LawObjective* objective,
                        const Eigen::VectorXd& start) const;
  std::optional<StudentT> DensityOfLeastSquares(
      const std::vector<Eigen::VectorXd>& starts, const HeldValues& held) const;
  std::vector<LawSolution> Endings(
      const std::vector<Eigen::VectorXd>& starts, const HeldValues& held,
      const std::optional<StudentT>& density) const;
  std::optional<LawSolution> LowestOf(
      const std::vector<LawSolution>& endings) const;
  void Settle(LawSolution* solution) const;
  std::optional<LawSolution> Solve(const HeldValues& held) const;
  std::optional<double> BoundOf(const LawSolution& solution, int i) const;

  const LawModel& model_;
  std::span<const LawRun> runs_;
  ObjectiveOptions options_;
};

}  // namespace isoflop
