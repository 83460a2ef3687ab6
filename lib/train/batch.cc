#include "lib/train/batch.h"

#include <algorithm>

namespace isoflop {

Batch BatchReader::Train(std::int64_t seed, std::int64_t first,
                         std::int64_t windows) {
  return Gather(windows, [&](std::int64_t i, std::span<std::int32_t> window) {
    source_.ReadTrainWindow(seed, first + i, window);
  });
}

Batch BatchReader::Eval(std::int64_t first, std::int64_t windows) {
  return Gather(windows, [&](std::int64_t i, std::span<std::int32_t> window) {
    source_.ReadEvalWindow(first + i, window);
  });
}

Batch BatchReader::Gather(
    std::int64_t windows,
    const std::function<void(std::int64_t, std::span<std::int32_t>)>&
        read_window) {
  const std::int64_t context = source_.context();
  window_.resize(static_cast<std::size_t>(context + 1));
  // One tensor for both, so that a device gets one copy.
  at::Tensor both = at::empty({2, windows, context}, at::kLong);
  std::int64_t* tokens = both.data_ptr<std::int64_t>();
  std::int64_t* targets = tokens + windows * context;
  for (std::int64_t i = 0; i < windows; ++i) {
    read_window(i, window_);
    std::copy(window_.begin(), window_.end() - 1, tokens + i * context);
    std::copy(window_.begin() + 1, window_.end(), targets + i * context);
  }
  if (!device_.is_cpu()) both = both.to(device_);
  return {.tokens = both[0], .targets = both[1]};
}

}  // namespace isoflop
