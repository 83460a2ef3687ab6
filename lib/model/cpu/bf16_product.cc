#include "lib/model/cpu/bf16_product.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "lib/core/cpu_features.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace isoflop::bf16 {

bool Available() { return HasAvx512Bf16(); }

#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4,avx512bf16")
namespace {

/// 32-bit numbers in a vector.
constexpr int kLanes = 16;

/// Pairs of a panel that are multiplied before the next: the more, the fewer
/// times a result is read and written; the fewer, the nearer both factors stay.
constexpr std::int64_t kInnerBlock = 512;

__mmask16 MaskOf(std::int64_t count) {
  return count >= kLanes ? __mmask16{0xffff}
                         : static_cast<__mmask16>((1U << count) - 1U);
}

std::uint32_t* Pairs(Number* x) { return reinterpret_cast<std::uint32_t*>(x); }

const std::uint32_t* Pairs(const Number* x) {
  return reinterpret_cast<const std::uint32_t*>(x);
}

/// Sixteen pairs, or fp32 numbers as bits.
typedef std::uint32_t Words __attribute__((vector_size(64)));

/// The first `count` numbers of a row, as the lower halves of words.
Words LoadWide(const Number* x, std::int64_t count) {
  typedef std::uint16_t Halves __attribute__((vector_size(32)));
  const __m256i narrow = _mm256_maskz_loadu_epi16(MaskOf(count), x);
  return __builtin_convertvector(reinterpret_cast<Halves>(narrow), Words);
}

/// Interleaves rows two by two: [panel][pair][column of the panel].
void PackRowPairs(std::int64_t rows, std::int64_t columns, const Number* x,
                  std::int64_t stride, std::int64_t panel, Number* packed) {
  std::uint32_t* out = Pairs(packed);
  for (std::int64_t first = 0; first < columns; first += panel) {
    const std::int64_t end = std::min(first + panel, columns);
    for (std::int64_t row = 0; row < rows; row += 2, out += panel) {
      const Number* upper = x + row * stride;
      for (std::int64_t j = first; j < end; j += kLanes) {
        Words pairs = LoadWide(upper + j, end - j);
        if (row + 1 < rows) {
          pairs |= LoadWide(upper + stride + j, end - j) << 16;
        }
        __builtin_memcpy(out + (j - first), &pairs, sizeof(pairs));
      }
    }
  }
}

/// Sixteen words by sixteen change rows for columns.
void Transpose(Words* rows) {
  for (int width = 1; width < kLanes; width *= 2) {
    Words low;
    Words high;
    for (int i = 0; i < kLanes; ++i) {
      const int from = i & ~width;
      low[i] = static_cast<std::uint32_t>((i & width) != 0 ? from + kLanes : i);
      high[i] = low[i] + static_cast<std::uint32_t>(width);
    }
    for (int i = 0; i < kLanes; ++i) {
      if ((i & width) != 0) continue;
      const Words first = __builtin_shuffle(rows[i], rows[i + width], low);
      rows[i + width] = __builtin_shuffle(rows[i], rows[i + width], high);
      rows[i] = first;
    }
  }
}

/// Sixteen columns of B from sixteen rows of x, for the pairs from `first` on.
void PackColumns(std::int64_t inner, std::int64_t columns, const Number* x,
                 std::int64_t stride, std::int64_t first, std::uint32_t* out) {
  Words rows[kLanes];
  const std::int64_t numbers =
      std::min<std::int64_t>(2 * kLanes, inner - 2 * first);
  const __mmask32 mask = numbers >= 2 * kLanes ? __mmask32{0xffffffff}
                                               : (__mmask32{1} << numbers) - 1;
  for (std::int64_t i = 0; i < kLanes; ++i) {
    const Number* row = x + i * stride + 2 * first;
    rows[i] = i < columns
                  ? reinterpret_cast<Words>(_mm512_maskz_loadu_epi16(mask, row))
                  : Words{};
  }
  Transpose(rows);
  const std::int64_t pairs = PairsOf(numbers);
  for (std::int64_t p = 0; p < pairs; ++p) {
    __builtin_memcpy(out + (first + p) * kRightPanel, &rows[p], sizeof(Words));
  }
}

/// What of a product a tile computes.
struct TileOf {
  const std::uint32_t* a;
  std::int64_t row_stride, pair_stride;
  const std::uint32_t* b;
  std::int64_t pairs;
  float* c;
  std::int64_t c_stride;
  std::int64_t columns;
  Into into;
};

/// A result that is added to may be far away, and comes near meanwhile.
template <int kRows, int kVectors>
void FetchResult(const TileOf& t) {
  for (int row = 0; row < kRows; ++row) {
    for (int v = 0; v < kVectors; ++v) {
      __builtin_prefetch(t.c + row * t.c_stride + v * kLanes, 1);
    }
  }
}

template <int kRows, int kVectors>
void ComputeTile(const TileOf& t) {
  if (t.into == Into::kAdd) FetchResult<kRows, kVectors>(t);
  __m512 sums[kRows][kVectors] = {};
  const std::uint32_t* a = t.a;
  const std::uint32_t* b = t.b;
  for (std::int64_t p = 0; p < t.pairs; ++p) {
    __m512bh right[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      right[v] = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + v * kLanes));
    }
#pragma GCC unroll 6
    for (int row = 0; row < kRows; ++row) {
      const auto left = reinterpret_cast<__m512bh>(
          _mm512_set1_epi32(static_cast<int>(a[row * t.row_stride])));
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) {
        sums[row][v] = _mm512_dpbf16_ps(sums[row][v], left, right[v]);
      }
    }
    a += t.pair_stride;
    b += kRightPanel;
  }
#pragma GCC unroll 6
  for (int row = 0; row < kRows; ++row) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      float* c = t.c + row * t.c_stride + v * kLanes;
      const __mmask16 mask = MaskOf(t.columns - v * kLanes);
      __m512 sum = sums[row][v];
      if (t.into == Into::kAdd) sum += _mm512_maskz_loadu_ps(mask, c);
      _mm512_mask_storeu_ps(c, mask, sum);
    }
  }
}

using TileFunction = void (*)(const TileOf&);
constexpr int kVectorsOfPanel = kRightPanel / kLanes;

template <int... kCells>
constexpr auto MakeTiles(std::integer_sequence<int, kCells...> /*cells*/) {
  return std::array<TileFunction, sizeof...(kCells)>{
      ComputeTile<kCells / kVectorsOfPanel + 1,
                  kCells % kVectorsOfPanel + 1>...};
}

/// By rows and vectors.
constexpr auto kTiles =
    MakeTiles(std::make_integer_sequence<int, kLeftBlock * kVectorsOfPanel>());

void Compute(std::int64_t rows, const TileOf& tile) {
  const std::int64_t vectors = (tile.columns + kLanes - 1) / kLanes;
  const std::int64_t cell = (rows - 1) * kVectorsOfPanel + vectors - 1;
  kTiles[static_cast<std::size_t>(cell)](tile);
}

/// The pairs that a block of rows from `row` on has to go through.
std::pair<std::int64_t, std::int64_t> PairRange(Part part, std::int64_t row,
                                                std::int64_t rows,
                                                std::int64_t pairs) {
  switch (part) {
    case Part::kLowerLeft:
      return {0, std::min(pairs, PairsOf(row + rows))};
    case Part::kUpperLeft:
      return {std::min(pairs, row / 2), pairs};
    default:
      return {0, pairs};
  }
}

}  // namespace

Left LeftOfRows(const Number* x, std::int64_t stride) {
  return {.data = Pairs(x),
          .row_stride = stride / 2,
          .pair_stride = 1,
          .panel_stride = kLeftPanel * stride / 2};
}

Left PackLeftTransposed(std::int64_t inner, std::int64_t rows, const Number* x,
                        std::int64_t stride, Number* packed) {
  PackRowPairs(inner, rows, x, stride, kLeftPanel, packed);
  return {.data = Pairs(packed),
          .row_stride = 1,
          .pair_stride = kLeftPanel,
          .panel_stride = kLeftPanel * PairsOf(inner)};
}

Right PackRight(std::int64_t inner, std::int64_t columns, const Number* x,
                std::int64_t stride, Number* packed) {
  PackRowPairs(inner, columns, x, stride, kRightPanel, packed);
  return {.data = Pairs(packed), .pairs = PairsOf(inner)};
}

Right PackRightTransposed(std::int64_t inner, std::int64_t columns,
                          const Number* x, std::int64_t stride,
                          Number* packed) {
  const std::int64_t pairs = PairsOf(inner);
  for (std::int64_t j = 0; j < columns; j += kLanes) {
    std::uint32_t* out =
        Pairs(packed) + j / kRightPanel * pairs * kRightPanel + j % kRightPanel;
    for (std::int64_t first = 0; first < pairs; first += kLanes) {
      PackColumns(inner, std::min<std::int64_t>(kLanes, columns - j),
                  x + j * stride, stride, first, out);
    }
  }
  return {.data = Pairs(packed), .pairs = pairs};
}

void Multiply(std::int64_t rows, std::int64_t columns, const Left& a,
              const Right& b, float* c, std::int64_t c_stride, Into into,
              Part part) {
  for (std::int64_t first = 0; first < columns; first += kRightPanel) {
    const std::uint32_t* panel = b.data + first * b.pairs;
    const std::int64_t width = std::min(kRightPanel, columns - first);
    for (std::int64_t block = 0; block < b.pairs; block += kInnerBlock) {
      const std::int64_t block_end = std::min(b.pairs, block + kInnerBlock);
      std::int64_t row =
          part == Part::kLowerResult ? first / kLeftBlock * kLeftBlock : 0;
      for (; row < rows; row += kLeftBlock) {
        const std::int64_t height = std::min(kLeftBlock, rows - row);
        auto [begin, end] = PairRange(part, row, height, b.pairs);
        begin = std::max(begin, block);
        end = std::min(end, block_end);
        if (begin >= end && block > 0) continue;
        const std::uint32_t* left = a.data + row / kLeftPanel * a.panel_stride +
                                    row % kLeftPanel * a.row_stride;
        Compute(height, {.a = left + begin * a.pair_stride,
                         .row_stride = a.row_stride,
                         .pair_stride = a.pair_stride,
                         .b = panel + begin * kRightPanel,
                         .pairs = std::max<std::int64_t>(0, end - begin),
                         .c = c + row * c_stride + first,
                         .c_stride = c_stride,
                         .columns = part == Part::kLowerResult
                                        ? std::min(width, row + height - first)
                                        : width,
                         .into = block > 0 ? Into::kAdd : into});
      }
    }
  }
}

void Convert(std::int64_t size, const float* x, Number* y) {
  for (std::int64_t i = 0; i < size; i += kLanes) {
    const __mmask16 mask = MaskOf(size - i);
    const __m256bh narrow =
        _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, x + i));
    _mm256_mask_storeu_epi16(y + i, mask, reinterpret_cast<__m256i>(narrow));
  }
}

void Convert(std::int64_t size, const Number* x, float* y) {
  for (std::int64_t i = 0; i < size; i += kLanes) {
    const Words bits = LoadWide(x + i, size - i) << 16;
    _mm512_mask_storeu_ps(y + i, MaskOf(size - i),
                          reinterpret_cast<__m512>(bits));
  }
}
#pragma GCC pop_options
#else
// No other processor is Available: nobody calls these.
Left LeftOfRows(const Number* /*x*/, std::int64_t /*stride*/) { return {}; }

Left PackLeftTransposed(std::int64_t /*inner*/, std::int64_t /*rows*/,
                        const Number* /*x*/, std::int64_t /*stride*/,
                        Number* /*packed*/) {
  return {};
}

Right PackRight(std::int64_t /*inner*/, std::int64_t /*columns*/,
                const Number* /*x*/, std::int64_t /*stride*/,
                Number* /*packed*/) {
  return {};
}

Right PackRightTransposed(std::int64_t /*inner*/, std::int64_t /*columns*/,
                          const Number* /*x*/, std::int64_t /*stride*/,
                          Number* /*packed*/) {
  return {};
}

void Multiply(std::int64_t /*rows*/, std::int64_t /*columns*/,
              const Left& /*a*/, const Right& /*b*/, float* /*c*/,
              std::int64_t /*c_stride*/, Into /*into*/, Part /*part*/) {}

void Convert(std::int64_t /*size*/, const float* /*x*/, Number* /*y*/) {}
void Convert(std::int64_t /*size*/, const Number* /*x*/, float* /*y*/) {}
#endif

}  // namespace isoflop::bf16
