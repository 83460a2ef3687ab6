// What a fit needs of a law at one run.

#pragma once

#include <array>
#include <cstddef>

namespace isoflop {

/// The value a law predicts and its derivatives by the law's `count`
/// coefficients, in the order in which the law's struct has them.
template <std::size_t count>
struct LawDerivatives {
  double value = 0.0;
  std::array<double, count> gradient{};
};

}  // namespace isoflop
