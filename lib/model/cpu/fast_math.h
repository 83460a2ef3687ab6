// Elementary functions as short polynomials, so that loops over them vectorise.
// Their errors are a few units in the last place of fp32.

#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "lib/core/vectorise.h"

namespace isoflop {

/// exp(x); 0 at and below -87, where fp32 nears its smallest normal number.
/// NaN stays NaN, as long as compilers keep the order of std::max's arguments:
/// a loss that is no number has to be seen. REQUIRES: x <= 88 or NaN.
/// Source: Cephes, expf.
ISOFLOP_INLINE float FastExp(float x) {
  constexpr float kLog2e = 1.44269504F;
  constexpr float kLn2High = 0.693359375F;
  constexpr float kLn2Low = -2.12194440e-4F;
  constexpr float kRounder = 12582912.0F;  // 1.5 * 2^23: adding it rounds
  const float clamped = std::max(x, -87.0F);
  const float n = (clamped * kLog2e + kRounder) - kRounder;
  const float r = (clamped - n * kLn2High) - n * kLn2Low;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  const auto exponent = (static_cast<std::int32_t>(n) + 127) << 23;
  const float value = p * std::bit_cast<float>(exponent);
  return x <= -87.0F ? 0.0F : value;
}

/// erf(x), by a rational function on [-4, 4], beyond which it is 1 in fp32.
/// Source: Eigen, generic_fast_erf_float.
ISOFLOP_INLINE float FastErf(float x) {
  const float t = std::min(std::max(x, -4.0F), 4.0F);
  const float s = t * t;
  float p = -2.72614225801306e-10F;
  p = p * s + 2.77068142495902e-08F;
  p = p * s - 2.10102402082508e-06F;
  p = p * s - 5.69250639462346e-05F;
  p = p * s - 7.34990630326855e-04F;
  p = p * s - 2.95459980854025e-03F;
  p = p * s - 1.60960333262415e-02F;
  float q = -1.45660718464996e-05F;
  q = q * s - 2.13374055278905e-04F;
  q = q * s - 1.68282697438203e-03F;
  q = q * s - 7.37332916720468e-03F;
  q = q * s - 1.42647390514189e-02F;
  return t * p / q;
}

/// 1 / (1 + exp(-x)).
ISOFLOP_INLINE float FastSigmoid(float x) {
  return 1.0F / (1.0F + FastExp(std::min(-x, 88.0F)));
}

/// tanh(x): a polynomial near 0, where 1 - 2 / (exp(2 x) + 1) cancels.
/// Source: Cephes, tanhf.
ISOFLOP_INLINE float FastTanh(float x) {
  const float s = x * x;
  float p = -5.70498872745e-3F;
  p = p * s + 2.06390887954e-2F;
  p = p * s - 5.37397155531e-2F;
  p = p * s + 1.33314422036e-1F;
  p = p * s - 3.33332819422e-1F;
  const float near = p * s * x + x;
  const float far = 1.0F - 2.0F / (FastExp(std::min(2.0F * x, 88.0F)) + 1.0F);
  return s < 0.625F * 0.625F ? near : far;
}

}  // namespace isoflop
