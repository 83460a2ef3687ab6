// A law's hand-written derivatives against Ceres' automatic ones, and its
// second derivatives against differences of the first.

#pragma once

#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "analysis/laws/law_derivatives.h"

namespace isoflop {

template <std::size_t count>
using Jets = std::array<ceres::Jet<double, count>, count>;

template <std::size_t count>
Jets<count> Variables(const std::array<double, count>& values) {
  Jets<count> jets;
  for (std::size_t i = 0; i < count; ++i) {
    jets[i] = ceres::Jet<double, count>(values[i], static_cast<int>(i));
  }
  return jets;
}

template <std::size_t count, std::size_t bends, int dimension>
void ExpectSame(const LawDerivatives<count, bends>& found,
                const ceres::Jet<double, dimension>& expected) {
  EXPECT_NEAR(found.value, expected.a, 1e-13 * std::abs(expected.a));
  for (std::size_t i = 0; i < count; ++i) {
    const double slope = expected.v[static_cast<int>(i)];
    EXPECT_NEAR(found.gradient[i], slope, 1e-11 * std::abs(slope) + 1e-14)
        << "coefficient " << i;
  }
}

/// Expects the named second derivatives of `differentiate(coefficients)`, which
/// returns LawDerivatives, and no others than those.
template <std::size_t count, std::size_t bends, typename Differentiate>
void ExpectBends(const std::array<double, count>& coefficients,
                 const std::array<std::pair<int, int>, bends>& names,
                 const Differentiate& differentiate) {
  const auto at = differentiate(coefficients);
  std::array<std::array<double, count>, count> found{};
  for (std::size_t b = 0; b < bends; ++b) {
    const auto [j, k] = names[b];
    ASSERT_LE(j, k);
    found[static_cast<std::size_t>(j)][static_cast<std::size_t>(k)] =
        at.bends[b];
  }
  for (std::size_t k = 0; k < count; ++k) {
    auto above = coefficients;
    auto below = coefficients;
    const double step = 1e-5 * std::abs(coefficients[k]) + 1e-12;
    above[k] += step;
    below[k] -= step;
    const auto high = differentiate(above).gradient;
    const auto low = differentiate(below).gradient;
    for (std::size_t j = 0; j <= k; ++j) {
      const double expected = (high[j] - low[j]) / (above[k] - below[k]);
      // Rounding of the differences, by the size of what is subtracted.
      const double rounding = 1e-15 * std::abs(at.gradient[j]) / step;
      EXPECT_NEAR(found[j][k], expected,
                  1e-7 * std::abs(expected) + 10.0 * rounding)
          << "coefficients " << j << " and " << k;
    }
  }
}

}  // namespace isoflop
