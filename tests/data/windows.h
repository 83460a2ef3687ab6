// Reading windows of a source into vectors.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/data/data_source.h"

namespace isoflop {

using Window = std::vector<std::int32_t>;

inline Window TrainWindow(const DataSource& source, std::int64_t seed,
                          std::int64_t index) {
  Window window(static_cast<std::size_t>(source.context()) + 1);
  source.ReadTrainWindow(seed, index, window);
  return window;
}

inline Window EvalWindow(const DataSource& source, std::int64_t index) {
  Window window(static_cast<std::size_t>(source.context()) + 1);
  source.ReadEvalWindow(index, window);
  return window;
}

}  // namespace isoflop
