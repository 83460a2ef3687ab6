#include "lib/train/example_chunk.h"

#include <vector>

namespace isoflop {
namespace {

constexpr std::int64_t kUint16Values = std::int64_t{1} << 16;

/// Widens the tokens of a row, and leaves vectors as they are.
at::Tensor Widened(const at::Tensor& row) {
  if (row.is_floating_point()) return row;
  // Widening carries the sign of an int16 along; it is cut off below.
  const at::Tensor tokens = row.to(at::kLong);
  return row.scalar_type() == at::kShort
             ? at::bitwise_and(tokens, kUint16Values - 1)
             : tokens;
}

}  // namespace

at::ScalarType ChunkReader::TokenType() const {
  return shape_.vocab_size <= kUint16Values ? at::kShort : at::kInt;
}

Batch ChunkReader::ByRow(const Batch& examples) const {
  return ForEachTensor(examples, [this](const at::Tensor& tensor) {
    std::vector<std::int64_t> sizes = tensor.sizes().vec();
    sizes[0] = examples_per_row_;
    sizes.insert(sizes.begin(), tensor.size(0) / examples_per_row_);
    return tensor.view(sizes);
  });
}

Batch ChunkReader::Room(std::int64_t rows) const {
  return ByRow(
      ExampleTensors(shape_, rows * examples_per_row_, TokenType()).batch());
}

Batch ChunkReader::Read(const ChunkRange& range, const ChunkRange& next) {
  // A branch or a resumed run may want another chunk than what follows.
  const bool expected = ahead_.valid() && range == ahead_range_;
  Batch chunk = expected ? ahead_.get() : ReadNow(range);
  ahead_ = {};
  if (next.rows > 0) {
    ahead_range_ = next;
    ahead_ =
        std::async(std::launch::async, [this, next] { return ReadNow(next); });
  }
  return chunk;
}

Batch ChunkReader::ReadNow(const ChunkRange& range) const {
  ExampleTensors tensors(shape_, range.rows * examples_per_row_, TokenType());
  tensors.Fill([&](std::int64_t i, const ExampleSpans& example) {
    task_.ReadTrain(seed_, range.first_example + i, example);
  });
  return ByRow(tensors.batch());
}

Batch ChunkRow(const Batch& chunk, const at::Tensor& row) {
  return ForEachTensor(chunk, [&row](const at::Tensor& rows) {
    return Widened(at::index_select(rows, 0, row)[0]);
  });
}

}  // namespace isoflop
