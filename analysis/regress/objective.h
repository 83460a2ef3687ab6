// The objective of any law over any chart, with derivatives:
//
//   f(z) = sum_i w_i rho(r_i),  r = ln y_predicted - ln y or y_predicted - y
//
// the latter in the unit of y as it was given.

#pragma once

#include <Eigen/Core>
#include <array>
#include <span>
#include <vector>

#include "analysis/regress/chart.h"
#include "analysis/regress/law_model.h"
#include "analysis/regress/run_block.h"
#include "analysis/solve/minimise.h"
#include "analysis/solve/objective_options.h"
#include "analysis/solve/penalty.h"
#include "lib/numeric/student_t.h"

namespace isoflop {

struct BlockTerms;

class Objective {
 public:
  /// REQUIRES: runs are not empty and positive. `model` outlives the objective.
  Objective(const LawModel& model, std::span<const LawRun> runs,
            const Penalty& penalty, ResidualKind residual);

  /// Makes w_i = (weight of run i) * factors[i], which may be 0.
  void SetWeightFactors(std::span<const double> factors) {
    runs_.SetWeightFactors(factors);
  }
  void set_penalty(const Penalty& penalty) { penalty_ = penalty; }
  const Penalty& penalty() const { return penalty_; }
  const LawModel& model() const { return *model_; }
  ResidualKind residual() const { return residual_; }
  const BlockedRuns& runs() const { return runs_; }

  /// Returns f; not finite where a prediction has no logarithm.
  double Value(const Eigen::VectorXd& c) const;

  /// Returns the least that f could be: sum_i w_i rho(0).
  double Floor() const { return runs_.WeightSum() * penalty_.floor(); }

  /// Returns what rounding leaves of f where all residuals vanish: residuals of
  /// 1e-9.
  double Rounding() const;

  /// Returns f with its gradient and Hessian by z.
  LocalQuadratic ModelAt(const Chart& chart, const Eigen::VectorXd& z) const;

  /// Returns f less its floor, its gradient, and in place of the Hessian Gauss
  /// and Newton's for the roots R_i = sign(r_i) sqrt(w_i (rho(r_i) - rho(0))),
  /// whose squares sum to f less its floor: what Levenberg and Marquardt's
  /// method goes down by, however robust the penalty.
  LocalQuadratic RootsAt(const Chart& chart, const Eigen::VectorXd& z) const;

  /// Returns the residuals of the runs that have weight, at coefficients c.
  std::vector<WeightedResidual> Residuals(const Eigen::VectorXd& c) const;

 private:
  void Evaluate(const OwnCoefficients& own, const RunBlock& block, double floor,
                BlockPrediction* at, BlockTerms* terms) const;
  Eigen::MatrixXd LawBends(
      const Eigen::VectorXd& c,
      const std::vector<std::array<double, kLanes>>& pulls) const;

  const LawModel* model_;
  BlockedRuns runs_;
  double unit_;  // of y
  Penalty penalty_;
  ResidualKind residual_;
};

}  // namespace isoflop
