#include "lib/model/cpu/fp32_product.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <vector>

#include "lib/core/cpu_features.h"
#include "lib/core/vectorise.h"
#include "lib/model/tensor.h"

namespace isoflop {
namespace {

struct Product {
  std::int64_t rows, inner, columns;
  MatrixView a, b;
  float* c;
  std::int64_t c_stride;
  Into into;
  Part part;
};

/// Columns first ... first + width - 1 of B, one row after another, zero beyond
/// the last column.
struct Panel {
  const float* data;
  std::int64_t first;
  std::int64_t width;
};

/// `kLanes` floats that are computed with at once.
template <int kLanes>
struct VectorOf;
template <>
struct VectorOf<4> {
  typedef float Type __attribute__((vector_size(16)));
};
template <>
struct VectorOf<8> {
  typedef float Type __attribute__((vector_size(32)));
};
template <>
struct VectorOf<16> {
  typedef float Type __attribute__((vector_size(64)));
};

ISOFLOP_INLINE Panel Pack(const Product& p, std::int64_t first,
                          std::int64_t width, float* packed) {
  const std::int64_t columns = std::min(width, p.columns - first);
  if (columns < width) std::fill_n(packed, p.inner * width, 0.0F);
  const float* b = p.b.data + first * p.b.column_stride;
  if (p.b.column_stride == 1) {
    for (std::int64_t k = 0; k < p.inner; ++k) {
      std::copy_n(b + k * p.b.row_stride, columns, packed + k * width);
    }
  } else {
    for (std::int64_t j = 0; j < columns; ++j) {
      for (std::int64_t k = 0; k < p.inner; ++k) {
        packed[k * width + j] = b[k * p.b.row_stride + j * p.b.column_stride];
      }
    }
  }
  return {.data = packed, .first = first, .width = width};
}

/// Writes the first `count` elements of a sum, at most all of them.
template <int kLanes>
ISOFLOP_INLINE void Store(typename VectorOf<kLanes>::Type sum,
                          std::int64_t count, Into into, float* c) {
  typename VectorOf<kLanes>::Type old{};
  if (count >= kLanes) {
    if (into == Into::kAdd) __builtin_memcpy(&old, c, sizeof(old));
    sum += old;
    __builtin_memcpy(c, &sum, sizeof(sum));
  } else {
    for (std::int64_t j = 0; j < count; ++j) {
      c[j] = into == Into::kAdd ? c[j] + sum[j] : sum[j];
    }
  }
}

/// Rows first_row ... first_row + kRows - 1 of C at the panel's columns.
template <int kLanes, int kVectors, int kRows>
ISOFLOP_INLINE void ComputeTile(const Product& p, const Panel& panel,
                                std::int64_t first_row) {
  using Vector = typename VectorOf<kLanes>::Type;
  constexpr std::int64_t kWidth = kLanes * kVectors;
  const std::int64_t begin =
      p.part == Part::kUpperLeft ? std::min(first_row, p.inner) : 0;
  const std::int64_t end = p.part == Part::kLowerLeft
                               ? std::min(first_row + kRows, p.inner)
                               : p.inner;
  const std::int64_t row_stride = p.a.row_stride;
  const std::int64_t inner_stride = p.a.column_stride;
  const float* a = p.a.data + first_row * row_stride + begin * inner_stride;
  const float* b = panel.data + begin * kWidth;
  Vector sums[kRows][kVectors] = {};
  for (std::int64_t k = begin; k < end; ++k) {
    Vector right[kVectors];
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      __builtin_memcpy(&right[v], b + v * kLanes, sizeof(Vector));
    }
#pragma GCC unroll 4
    for (int row = 0; row < kRows; ++row) {
      const float left = a[row * row_stride];
#pragma GCC unroll 2
      for (int v = 0; v < kVectors; ++v) sums[row][v] += left * right[v];
    }
    a += inner_stride;
    b += kWidth;
  }
  const std::int64_t columns = std::min(kWidth, p.columns - panel.first);
#pragma GCC unroll 4
  for (int row = 0; row < kRows; ++row) {
    float* c = p.c + (first_row + row) * p.c_stride + panel.first;
#pragma GCC unroll 2
    for (int v = 0; v < kVectors; ++v) {
      Store<kLanes>(sums[row][v], columns - v * kLanes, p.into, c + v * kLanes);
    }
  }
}

template <int kLanes, int kVectors>
ISOFLOP_INLINE void ComputeRows(const Product& p, const Panel& panel) {
  std::int64_t row = p.part == Part::kLowerResult
                         ? panel.first / kProductBlock * kProductBlock
                         : 0;
  for (; row + kProductBlock <= p.rows; row += kProductBlock) {
    ComputeTile<kLanes, kVectors, kProductBlock>(p, panel, row);
  }
  for (; row < p.rows; ++row) ComputeTile<kLanes, kVectors, 1>(p, panel, row);
}

template <int kLanes>
ISOFLOP_INLINE void MultiplyWith(const Product& p, float* packed) {
  for (std::int64_t first = 0; first < p.columns;) {
    if (p.columns - first > kLanes) {
      ComputeRows<kLanes, 2>(p, Pack(p, first, 2 * kLanes, packed));
      first += 2 * kLanes;
    } else {
      ComputeRows<kLanes, 1>(p, Pack(p, first, kLanes, packed));
      first += kLanes;
    }
  }
}

using Multiplier = void (*)(const Product&, float*);

void MultiplyPlain(const Product& p, float* packed) {
  MultiplyWith<4>(p, packed);
}

#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v3"))) void MultiplyAvx2(const Product& p,
                                                            float* packed) {
  MultiplyWith<8>(p, packed);
}

__attribute__((target("arch=x86-64-v4"))) void MultiplyAvx512(const Product& p,
                                                              float* packed) {
  MultiplyWith<16>(p, packed);
}

Multiplier WidestMultiplier() {
  if (HasAvx512()) return MultiplyAvx512;
  if (HasAvx2()) return MultiplyAvx2;
  return MultiplyPlain;
}
#else
Multiplier WidestMultiplier() { return MultiplyPlain; }
#endif

/// Multiplications from which on the BLAS is faster, measured: 256 tokens by a
/// feed-forward layer of d_model 96.
constexpr std::int64_t kBlasMultiplications = std::int64_t{1} << 23;

at::Tensor TensorOf(const MatrixView& view, std::int64_t rows,
                    std::int64_t columns) {
  // from_blob has no form for memory that is only read.
  return at::from_blob(const_cast<float*>(view.data), {rows, columns},
                       {view.row_stride, view.column_stride}, at::kFloat);
}

void MultiplyByBlas(const Product& p) {
  const at::NoGradGuard no_grad;
  at::Tensor c =
      TensorOf({.data = p.c, .row_stride = p.c_stride, .column_stride = 1},
               p.rows, p.columns);
  const double keep = p.into == Into::kAdd ? 1.0 : 0.0;
  at::addmm_out(c, c, TensorOf(p.a, p.rows, p.inner),
                TensorOf(p.b, p.inner, p.columns), keep, 1.0);
}

}  // namespace

void Multiply(std::int64_t rows, std::int64_t inner, std::int64_t columns,
              const MatrixView& a, const MatrixView& b, float* c,
              std::int64_t c_stride, Into into, Part part) {
  const Product product{rows, inner, columns, a, b, c, c_stride, into, part};
  if (part == Part::kAll && rows * inner * columns > kBlasMultiplications) {
    MultiplyByBlas(product);
    return;
  }
  static const Multiplier multiply = WidestMultiplier();
  constexpr std::int64_t kWidestPanel = 32;
  thread_local std::vector<float> packed;
  packed.resize(
      std::max(packed.size(), static_cast<std::size_t>(inner * kWidestPanel)));
  multiply(product, packed.data());
}

}  // namespace isoflop
