#include "lib/numeric/distributions.h"

#include <cassert>
#include <cmath>
#include <unsupported/Eigen/SpecialFunctions>

namespace isoflop {

double StudentTCdf(double t, double degrees_of_freedom) {
  assert(degrees_of_freedom > 0.0);
  const double tail =
      0.5 *
      Eigen::numext::betainc(0.5 * degrees_of_freedom, 0.5,
                             degrees_of_freedom / (degrees_of_freedom + t * t));
  return t < 0.0 ? tail : 1.0 - tail;
}

double StudentTQuantile(double share, double degrees_of_freedom) {
  assert(0.5 <= share && share < 1.0);
  // The tails are as long as 1 / degrees: no bracket suits all of them.
  double high = 1.0;
  while (StudentTCdf(high, degrees_of_freedom) < share) high *= 2.0;
  double low = 0.0;
  while (high - low > 1e-12 * high) {
    const double middle = 0.5 * (low + high);
    const bool below = StudentTCdf(middle, degrees_of_freedom) < share;
    (below ? low : high) = middle;
  }
  return high;
}

double FUpperTail(double f, double numerator, double denominator) {
  assert(f >= 0.0 && numerator > 0.0 && denominator > 0.0);
  return Eigen::numext::betainc(0.5 * denominator, 0.5 * numerator,
                                denominator / (denominator + numerator * f));
}

double ChiSquaredUpperTail(double x, double degrees_of_freedom) {
  assert(x >= 0.0 && degrees_of_freedom > 0.0);
  return Eigen::numext::igammac(0.5 * degrees_of_freedom, 0.5 * x);
}

}  // namespace isoflop
