// How many windows are trained on at a time. It never changes a result but by
// the rounding of sums.

#pragma once

#include <algorithm>
#include <cstdint>

#include "lib/sweep/plan.h"

namespace isoflop {

/// Windows of an update.
inline std::int64_t BatchWindows(const RunGroup& group) {
  return group.training.batch_tokens / group.shape.context;
}

/// Windows of a micro-batch; those of a whole batch where none is asked for.
inline std::int64_t MicroBatchWindows(const RunGroup& group) {
  const std::int64_t tokens =
      group.training.micro_batch_tokens.value_or(group.training.batch_tokens);
  return std::clamp<std::int64_t>(tokens / group.shape.context, 1,
                                  BatchWindows(group));
}

/// The same where all micro-batches of a batch must be equal: the next smaller
/// number that divides it.
inline std::int64_t EqualMicroBatchWindows(const RunGroup& group) {
  std::int64_t windows = MicroBatchWindows(group);
  while (BatchWindows(group) % windows != 0) --windows;
  return windows;
}

}  // namespace isoflop
