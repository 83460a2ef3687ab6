// How this program ends.

#pragma once

#include <exception>

namespace isoflop {

enum ExitStatus {
  kDone = 0,
  kBrokeDown = 1,
  kBadUsage = 2,
  kRunsFailed = 3,
  kStoppedAtCheckpoint = 75,
  kSignalBase = 128,
};

/// Returns the status of a program that was asked to stop.
int StatusAfterStop();

/// Says what went wrong and ends the process at once: what is left of a broken
/// device, or other groups in work, may hang or crash when taken down.
[[noreturn]] void EndFor(const std::exception& error);

}  // namespace isoflop
