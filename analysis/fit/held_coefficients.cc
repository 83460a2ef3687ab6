#include "analysis/fit/held_coefficients.h"

#include <cmath>

namespace isoflop {

HeldCoefficients::HeldCoefficients(const ObjectiveOptions& options,
                                   const DataUnits& units)
    : tied_(options.tied_exponents), units_(units) {
  for (std::size_t i = 0; i < given_.size(); ++i) {
    const auto found = options.fixed.find(kChinchillaCoefficients[i]);
    if (found != options.fixed.end()) given_[i] = found->second;
  }
  if (!tied_) return;
  const auto exponent = given_[3] ? given_[3] : given_[4];
  given_[3] = given_[4] = exponent;
}

int HeldCoefficients::free() const {
  int count = 5;
  for (const auto& value : given_) count -= value ? 1 : 0;
  return tied_ && !Holds(3) ? count - 1 : count;
}

Chinchilla HeldCoefficients::Impose(Chinchilla law) const {
  if (tied_) law.alpha = law.beta = std::sqrt(law.alpha * law.beta);
  law.E = Given(0) ? *Given(0) / units_.loss : law.E;
  law.alpha = Given(3).value_or(law.alpha);
  law.beta = Given(4).value_or(law.beta);
  const auto centred = [&](double scale, double power, double log_unit) {
    return scale / units_.loss * std::exp(-power * log_unit);
  };
  if (Holds(1)) law.A = centred(*Given(1), law.alpha, units_.log_N);
  if (Holds(2)) law.B = centred(*Given(2), law.beta, units_.log_D);
  return law;
}

Matrix5 HeldCoefficients::Directions(bool E_moves) const {
  Matrix5 directions = Matrix5::Zero();
  directions(0, 0) = E_moves && !Holds(0) ? 1.0 : 0.0;
  const auto open = [&](int scale, int exponent, int column, double log_unit) {
    if (!Holds(scale)) directions(scale, scale) = 1.0;
    if (Holds(exponent)) return;
    directions(exponent, column) = 1.0;
    // A given A is ln A = const - alpha mean ln N in centred units.
    if (Holds(scale)) directions(scale, column) = -log_unit;
  };
  open(1, 3, 3, units_.log_N);
  open(2, 4, tied_ ? 3 : 4, units_.log_D);
  return directions;
}

Face HeldCoefficients::Inside() const {
  const bool plain = Holds(0) || Holds(1) || Holds(2);
  return {.chart = plain ? Chart::kPlain : Chart::kMiddle,
          .directions = Directions(true)};
}

Face HeldCoefficients::AtGivenE() const {
  return {.chart = Chart::kPlain, .directions = Directions(false)};
}

}  // namespace isoflop
