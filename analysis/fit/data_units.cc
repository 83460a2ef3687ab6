#include "analysis/fit/data_units.h"

#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

/// The law with its losses multiplied.
Chinchilla Times(double factor, Chinchilla law) {
  law.E *= factor;
  law.A *= factor;
  law.B *= factor;
  return law;
}

}  // namespace

DataUnits UnitsOf(std::span<const Observation> observations) {
  assert(!observations.empty());
  const double share = 1.0 / static_cast<double>(observations.size());
  DataUnits units;
  double log_loss = 0.0;
  for (const Observation& o : observations) {
    units.log_N += share * std::log(o.N);
    units.log_D += share * std::log(o.D);
    log_loss += share * std::log(o.L);
  }
  units.loss = std::exp(log_loss);
  return units;
}

Chinchilla DataUnits::Given(const Chinchilla& centred) const {
  return Times(loss, Rescaled(centred, std::exp(-log_N), std::exp(-log_D)));
}

Chinchilla DataUnits::Centred(const Chinchilla& given) const {
  return Times(1.0 / loss, Rescaled(given, std::exp(log_N), std::exp(log_D)));
}

Matrix5 DataUnits::GivenJacobian(const Chinchilla& centred) const {
  Matrix5 jacobian = Matrix5::Zero();
  jacobian.diagonal() << centred.E, centred.A, centred.B, 1.0, 1.0;
  // ln A = ln A given - alpha mean ln N.
  jacobian(1, 3) = -log_N * centred.A;
  jacobian(2, 4) = -log_D * centred.B;
  return jacobian;
}

}  // namespace isoflop
