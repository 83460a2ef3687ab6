// What a residual costs: the function rho of the objective sum_i w_i rho(r_i).

#pragma once

#include "analysis/solve/objective_options.h"
#include "lib/core/lane_math.h"
#include "lib/numeric/student_t.h"

namespace isoflop {

/// rho(r), rho'(r) and rho''(r).
struct PenaltyValue {
  double value = 0.0;
  double slope = 0.0;
  double curvature = 0.0;
};

/// The formulas, less rho(0), for loops that vectorise:
/// scale times r^2 / 2 for |r| <= delta and delta (|r| - delta / 2) beyond,
struct HuberPenalty {
  double delta;
  double scale;  // 1, or 1 / delta for smoothed absolute values
  ISOFLOP_INLINE PenaltyValue operator()(double r) const {
    const double magnitude = r < 0.0 ? -r : r;
    const bool inside = magnitude <= delta;
    const double beyond = scale * delta * (magnitude - 0.5 * delta);
    const double slope = scale * (r < 0.0 ? -delta : delta);
    return {inside ? 0.5 * scale * r * r : beyond, inside ? scale * r : slope,
            inside ? scale : 0.0};
  }
};

/// r^2,
struct SquarePenalty {
  ISOFLOP_INLINE PenaltyValue operator()(double r) const {
    return {r * r, 2.0 * r, 2.0};
  }
};

/// and -ln p(r), p the density of Student's t.
struct StudentPenalty {
  double width;  // nu s^2
  double nu_plus_1;
  ISOFLOP_INLINE PenaltyValue operator()(double r) const {
    const double square = r * r;
    const double sum = width + square;
    return {0.5 * nu_plus_1 * LaneLog1p(square / width), nu_plus_1 * r / sum,
            nu_plus_1 * (width - square) / (sum * sum)};
  }
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

  /// Returns rho(0).
  double floor() const { return floor_; }

  /// The formula of kHuber and kLad, and that of kStudentT.
  HuberPenalty huber() const {
    return {delta_, kind_ == LossKind::kLad ? 1.0 / delta_ : 1.0};
  }
  StudentPenalty student() const { return student_; }

 private:
  Penalty(LossKind kind, double delta) : kind_(kind), delta_(delta) {}

  LossKind kind_;
  double delta_;
  StudentPenalty student_ = {};
  double floor_ = 0.0;
};

}  // namespace isoflop
