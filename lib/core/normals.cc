#include "lib/core/normals.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "lib/core/lane_math.h"
#include "lib/core/random.h"
#include "lib/core/vectorise.h"

namespace isoflop {
namespace {

/// Pairs that are made at a time.
constexpr std::int64_t kPairs = 64;

struct SineCosine {
  double sine, cosine;
};

/// sin and cos of 2 pi (turn - 1/2) for a turn from 0 to 1, without branches.
/// The half turn off matters to no distribution.
ISOFLOP_INLINE SineCosine OfTurn(double turn) {
  constexpr double kPi = 3.14159265358979323846;
  // Of a quarter of the angle, |x| <= pi / 4, and then doubled twice.
  const double x = (turn - 0.5) * (0.5 * kPi);
  const double z = x * x;
  // Taylor's series: the first term left out is below 1e-16.
  double s = -1.0 / 1307674368000.0;
  s = s * z + 1.0 / 6227020800.0;
  s = s * z - 1.0 / 39916800.0;
  s = s * z + 1.0 / 362880.0;
  s = s * z - 1.0 / 5040.0;
  s = s * z + 1.0 / 120.0;
  s = s * z - 1.0 / 6.0;
  const double sine = x + x * z * s;
  double c = 1.0 / 20922789888000.0;
  c = c * z - 1.0 / 87178291200.0;
  c = c * z + 1.0 / 479001600.0;
  c = c * z - 1.0 / 3628800.0;
  c = c * z + 1.0 / 40320.0;
  c = c * z - 1.0 / 720.0;
  c = c * z + 1.0 / 24.0;
  const double cosine = 1.0 - 0.5 * z + z * z * c;
  const double sine2 = 2.0 * sine * cosine;
  const double cosine2 = 1.0 - 2.0 * sine * sine;
  return {.sine = 2.0 * sine2 * cosine2, .cosine = 1.0 - 2.0 * sine2 * sine2};
}

/// Turns pairs of uniform numbers into pairs of normal ones, side by side.
ISOFLOP_VECTORISE
void Transform(const std::uint64_t* bits, float* normals) {
  constexpr std::uint64_t kLow = 0xffffffffU;
  for (std::int64_t i = 0; i < kPairs; ++i) {
    // In the middle of a step of 2^-32, so never 0.
    const auto high =
        static_cast<double>(static_cast<std::int64_t>(bits[i] >> 32U));
    const auto low =
        static_cast<double>(static_cast<std::int64_t>(bits[i] & kLow));
    const double uniform = (high + 0.5) * 0x1.0p-32;
    const double radius = std::sqrt(-2.0 * LaneLog(uniform));
    const SineCosine angle = OfTurn((low + 0.5) * 0x1.0p-32);
    normals[2 * i] = static_cast<float>(radius * angle.cosine);
    normals[2 * i + 1] = static_cast<float>(radius * angle.sine);
  }
}

}  // namespace

void FillNormal(std::uint64_t key, std::span<float> out) {
  std::array<std::uint64_t, kPairs> bits;
  std::array<float, 2 * kPairs> normals;
  std::uint64_t counter = 0;
  while (!out.empty()) {
    for (std::uint64_t& word : bits) word = MixBits(key, counter++);
    Transform(bits.data(), normals.data());
    const std::size_t size = std::min(out.size(), normals.size());
    std::copy_n(normals.begin(), size, out.begin());
    out = out.subspan(size);
  }
}

}  // namespace isoflop
