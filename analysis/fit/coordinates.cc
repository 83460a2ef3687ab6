#include "analysis/fit/coordinates.h"

#include <cmath>

namespace isoflop {

Chinchilla LawAt(Chart chart, const Vector5& point) {
  Chinchilla law{.E = point[0],
                 .A = std::exp(point[1]),
                 .B = std::exp(point[2]),
                 .alpha = point[3],
                 .beta = point[4]};
  if (chart == Chart::kPlain) return law;
  law.A /= law.alpha;
  law.B /= law.beta;
  law.E = point[0] - law.A - law.B;
  return law;
}

Vector5 PointOf(Chart chart, const Chinchilla& law) {
  if (chart == Chart::kPlain) {
    return Vector5(law.E, std::log(law.A), std::log(law.B), law.alpha,
                   law.beta);
  }
  return Vector5(law.E + law.A + law.B, std::log(law.alpha * law.A),
                 std::log(law.beta * law.B), law.alpha, law.beta);
}

Matrix5 ParameterJacobian(Chart chart, const Chinchilla& law) {
  Matrix5 jacobian = Matrix5::Zero();
  jacobian.diagonal() << 1.0, law.A, law.B, 1.0, 1.0;
  if (chart == Chart::kPlain) return jacobian;
  jacobian(1, 3) = -law.A / law.alpha;
  jacobian(2, 4) = -law.B / law.beta;
  jacobian.row(0) = -jacobian.row(1) - jacobian.row(2);
  jacobian(0, 0) = 1.0;
  return jacobian;
}

Matrix5 ParameterCurvature(Chart chart, const Chinchilla& law,
                           const Vector5& slope) {
  Matrix5 curvature = Matrix5::Zero();
  if (chart == Chart::kPlain) {
    curvature.diagonal() << 0.0, slope[1] * law.A, slope[2] * law.B, 0.0, 0.0;
    return curvature;
  }
  const auto bend = [&](int scale, int exponent, double size, double power) {
    const double pull = (slope[scale] - slope[0]) * size;  // E falls as A rises
    curvature(scale, scale) = pull;
    curvature(scale, exponent) = curvature(exponent, scale) = -pull / power;
    curvature(exponent, exponent) = 2.0 * pull / (power * power);
  };
  bend(1, 3, law.A, law.alpha);
  bend(2, 4, law.B, law.beta);
  return curvature;
}

}  // namespace isoflop
