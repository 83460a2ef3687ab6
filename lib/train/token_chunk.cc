#include "lib/train/token_chunk.h"

#include <algorithm>
#include <span>
#include <vector>

namespace isoflop {
namespace {

constexpr std::int64_t kUint16Values = std::int64_t{1} << 16;

/// Reads `count` windows, one after another, into numbers that a token fits in.
template <typename Number>
void ReadWindows(const DataSource& source, std::int64_t seed,
                 std::int64_t first, std::int64_t count, Number* out) {
  std::vector<std::int32_t> window(
      static_cast<std::size_t>(source.context() + 1));
  for (std::int64_t i = 0; i < count; ++i) {
    source.ReadTrainWindow(seed, first + i, window);
    out = std::ranges::transform(window, out, [](std::int32_t token) {
            return static_cast<Number>(token);
          }).out;
  }
}

}  // namespace

at::ScalarType ChunkReader::dtype() const {
  return source_.info().vocab_size <= kUint16Values ? at::kShort : at::kInt;
}

at::Tensor ChunkReader::Read(const ChunkRange& range, const ChunkRange& next) {
  // A branch or a resumed run may want another chunk than what follows.
  const bool expected = ahead_.valid() && range == ahead_range_;
  at::Tensor chunk = expected ? ahead_.get() : ReadNow(range);
  ahead_ = {};
  if (next.rows > 0) {
    ahead_range_ = next;
    ahead_ =
        std::async(std::launch::async, [this, next] { return ReadNow(next); });
  }
  return chunk;
}

at::Tensor ChunkReader::ReadNow(const ChunkRange& range) const {
  const std::int64_t windows = range.rows * windows_per_row_;
  at::Tensor chunk =
      at::empty({range.rows, windows_per_row_, source_.context() + 1}, dtype());
  if (dtype() == at::kShort) {
    ReadWindows(source_, seed_, range.first_window, windows,
                chunk.data_ptr<std::int16_t>());
  } else {
    ReadWindows(source_, seed_, range.first_window, windows,
                chunk.data_ptr<std::int32_t>());
  }
  return chunk;
}

at::Tensor ChunkRow(const at::Tensor& chunk, const at::Tensor& row) {
  // Widening carries the sign of an int16 along; it is cut off below.
  const at::Tensor windows = at::index_select(chunk, 0, row)[0].to(at::kLong);
  return chunk.scalar_type() == at::kShort
             ? at::bitwise_and(windows, kUint16Values - 1)
             : windows;
}

}  // namespace isoflop
