// Products of small fp32 matrices on the CPU. At the sizes of small models a
// BLAS spends more time on getting ready than on multiplying, and LibTorch adds
// its dispatch; this one starts at once. Large products still go to the BLAS.

#pragma once

#include <cstdint>

namespace isoflop {

/// A matrix to read: element (i, j) is data[i * row_stride + j *
/// column_stride].
struct MatrixView {
  const float* data = nullptr;
  std::int64_t row_stride = 0;
  std::int64_t column_stride = 1;

  MatrixView Transposed() const {
    return {
        .data = data, .row_stride = column_stride, .column_stride = row_stride};
  }
};

/// Returns the view of a matrix whose rows of `columns` follow one another.
inline MatrixView RowMajor(const float* data, std::int64_t columns) {
  return {.data = data, .row_stride = columns, .column_stride = 1};
}

/// Rows are computed in blocks of this size, so what Part leaves out is rounded
/// to it: elements of A within the blocks on the diagonal have to be zero.
inline constexpr std::int64_t kProductBlock = 4;

/// What of a product is known to be zero or not wanted, to be left out.
enum class Part {
  kAll,
  kLowerResult,  // only C(i, j) with j <= i is wanted; the rest is undefined
  kLowerLeft,    // A(i, k) = 0 for k > i
  kUpperLeft,    // A(i, k) = 0 for k < i
};

/// What a product does to what is in C.
enum class Into { kOverwrite, kAdd };

/// C = A B, or C += A B: A [rows, inner], B [inner, columns], C [rows, columns]
/// with rows `c_stride` apart. Every element is summed in the same order
/// whatever the other dimensions are, as long as the BLAS is not used.
/// REQUIRES: C overlaps neither A nor B.
void Multiply(std::int64_t rows, std::int64_t inner, std::int64_t columns,
              const MatrixView& a, const MatrixView& b, float* c,
              std::int64_t c_stride, Into into, Part part = Part::kAll);

}  // namespace isoflop
