// Coordinates in which fitting the Chinchilla law has no bounds, and valleys
// that are nearly straight.
//
// Where the data say little of the irreducible loss, E, A and alpha can change
// together and leave the curve almost as it is: E + A stays, and so does alpha
// A, the slope at the middle of the data. These two are therefore coordinates,
// and alpha, which then alone bends the curve, is the third.

#pragma once

#include <Eigen/Core>

#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// What the coordinates of a law are, for N and D in units in which the data
/// are centred at 1:
///
///   kMiddle  (E + A + B, ln(alpha A), ln(beta B), alpha, beta)
///   kPlain   (E, ln A, ln B, alpha, beta)
///
/// With kMiddle E may come out negative, and A and B with negative exponents:
/// then the best law lies on the bound E = 0.
enum class Chart { kMiddle, kPlain };

using Vector5 = Eigen::Matrix<double, 5, 1>;
using Matrix5 = Eigen::Matrix<double, 5, 5>;

/// Where a search may go from a point: along the columns of `directions`, which
/// are zero for what is held. Column j changes coordinate j by 1, and no other
/// coordinate that has a column of its own.
struct Face {
  Chart chart = Chart::kMiddle;
  Matrix5 directions = Matrix5::Identity();

  bool Moves(int coordinate) const {
    return !directions.col(coordinate).isZero(0.0);
  }
};

Chinchilla LawAt(Chart chart, const Vector5& point);

/// REQUIRES: A, B, alpha, beta > 0.
Vector5 PointOf(Chart chart, const Chinchilla& law);

/// Returns d(E, A, B, alpha, beta) / d(coordinates) at the law.
Matrix5 ParameterJacobian(Chart chart, const Chinchilla& law);

/// Returns sum_k slope_k d2(parameter k) / d(coordinates)^2 at the law.
Matrix5 ParameterCurvature(Chart chart, const Chinchilla& law,
                           const Vector5& slope);

}  // namespace isoflop
