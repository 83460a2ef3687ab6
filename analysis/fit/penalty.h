// What a residual costs: the function rho of the objective sum_i w_i rho(r_i).

#pragma once

#include "analysis/fit/fit_options.h"

namespace isoflop {

/// rho(r), rho'(r) and rho''(r).
struct PenaltyValue {
  double value = 0.0;
  double slope = 0.0;
  double curvature = 0.0;
};

/// Scale s and degrees of freedom nu of Student's t distribution.
struct StudentT {
  double scale = 0.0;
  double degrees_of_freedom = 0.0;
};

/// One penalty with its constants.
///
///   kHuber     r^2 / 2 for |r| <= delta, delta (|r| - delta / 2) beyond
///   kLad       kHuber over delta, which is |r| as delta goes to 0
///   kL2        r^2
///   kStudentT  -ln p(r), p the density of Student's t
class Penalty {
 public:
  static Penalty Huber(double delta) { return {LossKind::kHuber, delta}; }
  static Penalty SmoothedLad(double delta) { return {LossKind::kLad, delta}; }
  static Penalty Squares() { return {LossKind::kL2, 0.0}; }
  static Penalty Student(const StudentT& density);

  PenaltyValue operator()(double r) const;

  /// Returns rho'(r) / r: the weight w for which w r^2 / 2 touches rho at r
  /// and lies nowhere below it, as iteratively reweighted least squares has it.
  double SquareWeight(double r) const;

  LossKind kind() const { return kind_; }
  double delta() const { return delta_; }
  const StudentT& density() const { return density_; }
  double log_normaliser() const { return log_normaliser_; }

 private:
  Penalty(LossKind kind, double delta) : kind_(kind), delta_(delta) {}

  PenaltyValue HuberAt(double r) const;
  PenaltyValue StudentAt(double r) const;

  LossKind kind_;
  double delta_;
  StudentT density_;
  double log_normaliser_ = 0.0;
};

}  // namespace isoflop
