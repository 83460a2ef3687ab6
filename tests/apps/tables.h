// Loss tables for the command line to fit.

#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>

namespace isoflop {

/// Returns 5 sizes at 5 budgets on L = 1.7 + 400/N^0.34 + 410/D^0.28, exactly.
inline std::string NoiseFreeCsv() {
  std::string csv = "params,tokens,loss\n";
  for (int budget = 0; budget < 5; ++budget) {
    const double C = 1e18 * std::pow(4.0, budget);
    for (int size = -2; size <= 2; ++size) {
      const double N =
          0.06 * std::sqrt(C) * std::pow(2.0, static_cast<double>(size));
      const double D = C / (6.0 * N);
      csv += fmt::format(
          "{:.17g},{:.17g},{:.17g}\n", N, D,
          1.7 + 400.0 / std::pow(N, 0.34) + 410.0 / std::pow(D, 0.28));
    }
  }
  return csv;
}

}  // namespace isoflop
