// How much memory tensors on the CPU take, as LibTorch's allocator tells it.

#pragma once

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "lib/model/torch_version.h"

namespace isoflop {

/// Counts the bytes that this thread allocates and frees while it lives.
class TensorMemory {
 public:
  TensorMemory()
      : counter_(std::make_shared<Counter>()),
        guard_(c10::DebugInfoKind::PROFILER_STATE, counter_) {}

  std::int64_t peak_bytes() const { return counter_->peak; }

 private:
  struct Counter : c10::MemoryReportingInfoBase {
#if ISOFLOP_TORCH_AT_LEAST(2, 0)
    using Total = std::size_t;
#else
    using Total = std::int64_t;
#endif
    void reportMemoryUsage(void* /*block*/, std::int64_t change,
                           Total /*allocated*/, Total /*reserved*/,
                           c10::Device /*device*/) override {
      now += change;
      peak = std::max(peak, now);
    }
    bool memoryProfilingEnabled() const override { return true; }

    std::int64_t now = 0;
    std::int64_t peak = 0;
  };

  std::shared_ptr<Counter> counter_;
  c10::DebugInfoGuard guard_;
};

}  // namespace isoflop
