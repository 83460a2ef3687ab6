// Least squares of laws whose first parameter is an irreducible loss E >= 0:
// descents that may end on the bound E = 0, and the certificate of the best.

#pragma once

#include <Eigen/Core>
#include <functional>
#include <vector>

#include "analysis/fit/chinchilla_fit.h"
#include "analysis/fit/limits.h"
#include "analysis/fit/minimise.h"

namespace isoflop {

/// Where a descent ended.
struct OffsetMinimum {
  Eigen::VectorXd point;  // E first; 0 on the bound
  bool on_bound = false;  // E was held at 0
  double squares = kInfinity;
};

/// The sum of squares of residuals that are a function of (E, ...).
class OffsetSquares {
 public:
  /// `residuals` writes so many residuals of `parameters` parameters; those at
  /// which the law has no logarithm are large.
  OffsetSquares(int count, int parameters, RootFunction residuals);

  /// Returns where Levenberg-Marquardt from `start` stops, E free of its bound.
  OffsetMinimum Descend(const Eigen::VectorXd& start) const;

  /// Returns the same with E held at 0, whatever it is in `start`.
  OffsetMinimum DescendAtZero(const Eigen::VectorXd& start) const;

  /// Returns the first, or where E would be negative the second from there.
  OffsetMinimum DescendWithin(const Eigen::VectorXd& start) const;

  double At(const Eigen::VectorXd& point) const;

  /// Takes what Newton's method leaves of the best, which is no higher, and
  /// returns the certificate of Approach 3 for it: descents that end as low
  /// agree. With `E_is_given` it is not asked whether the squares fall with E.
  /// `given` returns the coefficients that the condition number is in: ln E
  /// first, then the others' logarithms or values.
  Certificate Certify(
      const std::vector<OffsetMinimum>& minima, bool E_is_given,
      const std::function<Eigen::VectorXd(const Eigen::VectorXd&)>& given,
      OffsetMinimum* best) const;

 private:
  LocalQuadratic ModelAt(const Eigen::VectorXd& point, bool on_bound) const;
  LocalMinimum Polish(const OffsetMinimum& minimum) const;
  double SlopeByOffset(const Eigen::VectorXd& point) const;
  bool Agree(double squares, double lowest) const;

  int count_;
  int parameters_;
  RootFunction residuals_;
};

}  // namespace isoflop
