// Products of bf16 matrices with fp32 sums, on processors that multiply pairs
// of bf16 numbers (AVX512-BF16): twice the rate of fp32. Factors are laid out
// so that a product only streams through them; what packs them is here too.
//
// A "pair" is two bf16 numbers that follow each other in the inner dimension of
// a product, in 32 bits. Odd inner dimensions are filled up with a zero.

#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>

#include "lib/model/cpu/fp32_product.h"

namespace isoflop::bf16 {

using Number = c10::BFloat16;

/// Whether this processor has the instructions. Everything below REQUIRES it.
bool Available();

/// Rows of a left factor are read in panels of this many, columns of a right
/// one in panels of that many.
inline constexpr std::int64_t kLeftPanel = 48;
inline constexpr std::int64_t kRightPanel = 64;

/// Returns the pairs of an inner dimension.
constexpr std::int64_t PairsOf(std::int64_t inner) { return (inner + 1) / 2; }

/// Returns the numbers that packing an [inner, outer] matrix in panels takes.
constexpr std::int64_t PackedSize(std::int64_t inner, std::int64_t outer,
                                  std::int64_t panel) {
  return (outer + panel - 1) / panel * panel * 2 * PairsOf(inner);
}

/// A left factor A: pair p of row i is
/// data[i / kLeftPanel * panel_stride + i % kLeftPanel * row_stride +
/// p * pair_stride].
struct Left {
  const std::uint32_t* data = nullptr;
  std::int64_t row_stride = 0;
  std::int64_t pair_stride = 0;
  std::int64_t panel_stride = 0;
};

/// A right factor B: pair p of column j is
/// data[(j / kRightPanel * pairs + p) * kRightPanel + j % kRightPanel].
struct Right {
  const std::uint32_t* data = nullptr;
  std::int64_t pairs = 0;
};

/// Returns A = x [rows, inner], rows `stride` apart. REQUIRES: an even stride,
/// and zeros after the end of a row where inner is odd.
Left LeftOfRows(const Number* x, std::int64_t stride);

/// Returns A = x^T for x [inner, rows], packed into `packed`.
Left PackLeftTransposed(std::int64_t inner, std::int64_t rows, const Number* x,
                        std::int64_t stride, Number* packed);

/// Returns B = x for x [inner, columns], packed into `packed`.
Right PackRight(std::int64_t inner, std::int64_t columns, const Number* x,
                std::int64_t stride, Number* packed);

/// Returns B = x^T for x [columns, inner], packed into `packed`.
Right PackRightTransposed(std::int64_t inner, std::int64_t columns,
                          const Number* x, std::int64_t stride, Number* packed);

/// C = A B, or C += A B, summed in fp32: C [rows, columns], rows `c_stride`
/// apart. Blocks are kLeftBlock rows high, which is what Part is rounded to,
/// and of kLowerResult 16 columns wide, which REQUIRES: rows >= columns.
void Multiply(std::int64_t rows, std::int64_t columns, const Left& a,
              const Right& b, float* c, std::int64_t c_stride, Into into,
              Part part = Part::kAll);
inline constexpr std::int64_t kLeftBlock = 6;

/// y = x to the nearest bf16, or x exactly.
void Convert(std::int64_t size, const float* x, Number* y);
void Convert(std::int64_t size, const Number* x, float* y);

}  // namespace isoflop::bf16
