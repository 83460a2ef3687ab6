// The objective of any LawModel over its free coordinates, with derivatives.

#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <vector>

#include "analysis/fit/law_model.h"
#include "analysis/fit/minimise.h"
#include "analysis/fit/penalty.h"
#include "analysis/fit/student_t.h"

namespace isoflop {

/// What some coefficients are held at, by index; the others are free.
using HeldValues = std::vector<std::optional<double>>;

/// f(z) = sum_i w_i rho(r_i), r = ln y_predicted - ln y or y_predicted - y.
class LawObjective {
 public:
  /// REQUIRES: runs are not empty, every y > 0, and nothing is held of a model
  /// with coordinates of its own. `model` and `runs` outlive the objective.
  LawObjective(const LawModel& model, std::span<const LawRun> runs,
               const Penalty& penalty, ResidualKind residual, HeldValues held);

  void set_penalty(const Penalty& penalty) { penalty_ = penalty; }
  const Penalty& penalty() const { return penalty_; }
  const LawModel& model() const { return model_; }
  std::span<const LawRun> runs() const { return runs_; }
  const HeldValues& held() const { return held_; }

  /// How many coordinates there are, and of which coefficients they are.
  Eigen::Index size() const { return std::ssize(free_); }
  const std::vector<int>& free() const { return free_; }

  /// Returns all coefficients, and d(coefficient) / d(coordinate) unless null.
  Eigen::VectorXd Coefficients(const Eigen::VectorXd& z,
                               Eigen::MatrixXd* by_z = nullptr) const;

  /// Returns the coordinates of coefficients of the right signs.
  /// REQUIRES: the model has no coordinates of its own.
  Eigen::VectorXd Coordinates(const Eigen::VectorXd& coefficients) const;

  /// Returns f; not finite where a logarithm has no argument.
  double Value(const Eigen::VectorXd& z) const;

  LocalQuadratic ModelAt(const Eigen::VectorXd& z) const;

  /// Writes R_i = scale sign(r_i) sqrt(w_i (rho(r_i) - rho(0))), and unless
  /// null the derivatives by the coordinates, column by column. Returns whether
  /// all are finite.
  bool RootPenalties(const double* z, double scale, double* roots,
                     double* jacobian) const;

  std::vector<WeightedResidual> Residuals(const Eigen::VectorXd& z) const;

 private:
  struct Point;
  Point PointAt(const Eigen::VectorXd& coefficients,
                const Eigen::MatrixXd& by_z, const LawRun& run) const;
  double Factor(std::size_t i, const Eigen::VectorXd& coefficients) const;
  Eigen::MatrixXd Bend(const Eigen::VectorXd& z,
                       const Eigen::VectorXd& slopes) const;

  const LawModel& model_;
  std::span<const LawRun> runs_;
  Penalty penalty_;
  ResidualKind residual_;
  HeldValues held_;
  std::vector<int> free_;
};

}  // namespace isoflop
