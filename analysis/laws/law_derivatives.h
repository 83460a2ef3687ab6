// What a fit needs of a law at one run.

#pragma once

#include <array>
#include <cstddef>

namespace isoflop {

/// The value a law predicts, its derivatives by the law's `count` coefficients,
/// in the order in which the law's struct has them, and those second
/// derivatives that the law names.
template <std::size_t count, std::size_t bend_count = 0>
struct LawDerivatives {
  double value = 0.0;
  std::array<double, count> gradient{};
  std::array<double, bend_count> bends{};
};

}  // namespace isoflop
