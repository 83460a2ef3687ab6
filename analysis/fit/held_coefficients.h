// Coefficients of the Chinchilla law that are given instead of fitted, and
// exponents that are one.

#pragma once

#include <array>
#include <optional>

#include "analysis/fit/coordinates.h"
#include "analysis/fit/data_units.h"
#include "analysis/fit/fit_options.h"

namespace isoflop {

/// What ObjectiveOptions::fixed and tied_exponents mean for a search in centred
/// units.
class HeldCoefficients {
 public:
  /// REQUIRES: Validate(FitOptions) passes.
  HeldCoefficients(const ObjectiveOptions& options, const DataUnits& units);

  /// Whether E, A, B, alpha or beta (0 to 4) is given.
  bool Holds(int coefficient) const { return Given(coefficient).has_value(); }
  bool tied() const { return tied_; }

  /// Returns how many coefficients are fitted; tied exponents are one.
  int free() const;

  /// Returns the law with what is held as it is given; exponents that are tied
  /// become their geometric mean, unless one of them is held.
  Chinchilla Impose(Chinchilla centred) const;

  /// Returns where a search may go: with E free unless it is held, and with E
  /// where it is.
  Face Inside() const;
  Face AtGivenE() const;

 private:
  const std::optional<double>& Given(int coefficient) const {
    return given_[static_cast<std::size_t>(coefficient)];
  }
  Matrix5 Directions(bool E_moves) const;

  std::array<std::optional<double>, 5> given_;
  bool tied_ = false;
  DataUnits units_;
};

}  // namespace isoflop
