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

/// A law as a point, for N and D in units in which the data are centred at 1:
///
///   kInside    (E + A + B, ln(alpha A), ln(beta B), alpha, beta)
///   kWithoutE  (anything, ln A, ln B, alpha, beta), where E = 0
///
/// Inside, E may come out negative, and A and B with negative exponents: then
/// the best law lies on the bound E = 0.
enum class Face { kInside, kWithoutE };

using Vector5 = Eigen::Matrix<double, 5, 1>;
using Matrix5 = Eigen::Matrix<double, 5, 5>;

Chinchilla LawAt(Face face, const Vector5& point);

/// REQUIRES: A, B, alpha, beta > 0.
Vector5 PointOf(Face face, const Chinchilla& law);

/// Returns d(E, A, B, alpha, beta) / d(coordinates) at the law.
Matrix5 ParameterJacobian(Face face, const Chinchilla& law);

/// Returns sum_k slope_k d2(parameter k) / d(coordinates)^2 at the law.
Matrix5 ParameterCurvature(Face face, const Chinchilla& law,
                           const Vector5& slope);

}  // namespace isoflop
