// What a process has of memory, as the system counts it.

#pragma once

#include <optional>

namespace isoflop {

/// Bytes of this process that are in memory.
struct ProcessMemory {
  double peak = 0.0;  // the most of private_now + shared_now that there ever
                      // was: the largest RES that `top` has shown, and what
                      // the system weighs when it runs out of memory
  double private_now = 0.0;  // of nobody else
  double shared_now = 0.0;   // of files, above all libraries: once for all
                             // processes that map them
};

/// Returns nothing where the system does not tell (/proc/self/status).
std::optional<ProcessMemory> MeasureOwnMemory();

}  // namespace isoflop
