// Units in which N, D and L have mean logarithm zero ("centred"), and a law in
// them and in those of the observations ("given").

#pragma once

#include <span>

#include "analysis/fit/coordinates.h"
#include "analysis/fit/observation.h"
#include "analysis/laws/chinchilla.h"

namespace isoflop {

struct DataUnits {
  double log_N = 0.0;  // mean of ln N
  double log_D = 0.0;  // mean of ln D
  double loss = 1.0;   // geometric mean of L, nats per token

  Chinchilla Given(const Chinchilla& centred) const;
  Chinchilla Centred(const Chinchilla& given) const;

  /// Returns d(E, A, B, alpha, beta, centred) / d(ln E, ln A, ln B, alpha,
  /// beta, given) at the centred law.
  Matrix5 GivenJacobian(const Chinchilla& centred) const;
};

/// REQUIRES: observations is not empty, and every number is positive.
DataUnits UnitsOf(std::span<const Observation> observations);

}  // namespace isoflop
