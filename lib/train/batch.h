// Batches of windows as tensors on the device that trains.

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lib/data/data_source.h"
#include "lib/model/tensor.h"

namespace isoflop {

/// Inputs and what should follow each of them, int64 [windows, context].
struct Batch {
  at::Tensor tokens;
  at::Tensor targets;
};

/// Reads windows of a source. A batch is a pure function of its arguments.
class BatchReader {
 public:
  /// REQUIRES: `source` outlives the reader.
  BatchReader(const DataSource& source, at::Device device)
      : source_(source), device_(device) {}

  /// Returns training windows first, first + 1, ... in the order of `seed`.
  Batch Train(std::int64_t seed, std::int64_t first, std::int64_t windows);

  /// Returns windows first, first + 1, ... of the evaluation set.
  Batch Eval(std::int64_t first, std::int64_t windows);

 private:
  Batch Gather(std::int64_t windows,
               const std::function<void(std::int64_t, std::span<std::int32_t>)>&
                   read_window);

  const DataSource& source_;
  at::Device device_;
  std::vector<std::int32_t> window_;
};

}  // namespace isoflop
