// Waiting in tests: for something to happen, however slow the machine is.

#pragma once

#include <chrono>
#include <thread>

#include "lib/core/clock.h"

namespace isoflop {

/// Polls until `happened()`; returns false when it has not after two minutes.
template <typename Condition>
bool WaitFor(Condition happened) {
  const double start = MonotonicSeconds();
  while (!happened()) {
    if (MonotonicSeconds() - start > 120.0) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace isoflop
