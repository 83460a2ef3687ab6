// exp, ln and ln(1 + x) without branches, so that loops over them vectorise.
//
// Each is a polynomial in plain arithmetic: where the compiler keeps
// a * b + c apart (-ffp-contract=off), every machine gets the same bits,
// however wide its vectors are. Errors are below two units in the last place.

#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "lib/core/vectorise.h"

namespace isoflop {

/// Returns exp(x): 0 below -708, infinite above 709; NaN stays NaN.
ISOFLOP_INLINE double LaneExp(double x) {
  constexpr double kLog2e = 1.4426950408889634;
  constexpr double kLn2High = 6.93147180369123816490e-01;
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  constexpr double kRounder = 6755399441055744.0;  // 1.5 * 2^52: adding it
                                                   // rounds to an integer
  double inside = x < -708.0 ? -708.0 : x;
  inside = inside > 709.0 ? 709.0 : inside;
  const double shifted = inside * kLog2e + kRounder;
  const double n = shifted - kRounder;
  const double r = (inside - n * kLn2High) - n * kLn2Low;
  // Taylor's series: |r| < 0.35, so that r^14 / 14! is below 1e-17.
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r * r + r + 1.0;
  // The low bits of `shifted` are n; the exponent of p grows by it.
  const std::uint64_t scale = std::bit_cast<std::uint64_t>(shifted) << 52U;
  double value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(p) + scale);
  value = x < -708.0 ? 0.0 : value;
  value = x > 709.0 ? std::numeric_limits<double>::infinity() : value;
  return x == x ? value : x;
}

/// Returns ln(x) of a normal number or infinity; minus infinity for 0, NaN
/// below. Subnormal numbers have no right value.
ISOFLOP_INLINE double LaneLog(double x) {
  constexpr double kLn2High = 6.93147180369123816490e-01;
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  constexpr std::uint64_t kRootHalf = 0x3FE6A09E667F3BCDU;  // sqrt(1/2), bits
  constexpr std::uint64_t kBias = std::uint64_t{1024} << 52U;
  constexpr std::uint64_t kTwo52 = 0x4330000000000000U;
  const auto bits = std::bit_cast<std::uint64_t>(x);
  // x = 2^k m, m from sqrt(1/2) to sqrt(2); `biased` is k + 1024.
  const std::uint64_t biased = (bits - kRootHalf + kBias) >> 52U;
  const double k = std::bit_cast<double>(biased | kTwo52) - 4503599627371520.0;
  const double m = std::bit_cast<double>(bits - (biased << 52U) + kBias);
  // ln m = 2 artanh(s), s = f / (2 + f), f = m - 1, |s| < 0.172; and
  // 2 s = f - f^2 / 2 + s f^2 / 2, of which f is exact.
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double half = 0.5 * f * f;
  const double z = s * s;
  double p = 1.0 / 21.0;
  p = p * z + 1.0 / 19.0;
  p = p * z + 1.0 / 17.0;
  p = p * z + 1.0 / 15.0;
  p = p * z + 1.0 / 13.0;
  p = p * z + 1.0 / 11.0;
  p = p * z + 1.0 / 9.0;
  p = p * z + 1.0 / 7.0;
  p = p * z + 1.0 / 5.0;
  p = p * z + 1.0 / 3.0;
  const double rest = s * (half + 2.0 * (z * p)) + k * kLn2Low;
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  double value = k * kLn2High - ((half - rest) - f);
  value = x < kInfinite ? value : x;
  value = x > 0.0 ? value : std::numeric_limits<double>::quiet_NaN();
  return x == 0.0 ? -kInfinite : value;
}

/// Returns ln(1 + x), exact where x is small; minus infinity for -1, NaN below.
ISOFLOP_INLINE double LaneLog1p(double x) {
  const double u = 1.0 + x;
  const double lost = ((u - 1.0) - x) / u;  // not a number at -1 and infinity
  return LaneLog(u) - (lost == lost ? lost : 0.0);
}

}  // namespace isoflop
