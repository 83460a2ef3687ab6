// Akima's interpolation: a smooth curve through points that does not swing
// where one of them is off.
//
// Source: Akima 1970, "A new method of interpolation and smooth curve fitting
// based on local procedures", J. ACM 17(4), 589-602. (Boost.Math has only the
// modified rule, whose weights give another curve.)

#pragma once

#include <cstddef>
#include <vector>

namespace isoflop {

/// Piecewise cubics that meet with one slope. The slope at a point is the mean
/// of those of the gaps m2, m3 beside it, weighted by how little the gaps
/// beyond them turn:
///
///   t = (|m4 - m3| m2 + |m2 - m1| m3) / (|m4 - m3| + |m2 - m1|)
///
/// and (m2 + m3)/2 where both weights are 0. Beyond the ends the slopes go on
/// as on a parabola.
class AkimaCurve {
 public:
  /// REQUIRES: as many y as x, two or more; x strictly ascending.
  AkimaCurve(std::vector<double> x, std::vector<double> y);

  /// REQUIRES: x lies between the first and the last.
  double At(double x) const;

 private:
  std::vector<double> x_;
  std::vector<double> y_;
  std::vector<double> slopes_;  // at the points
};

}  // namespace isoflop
