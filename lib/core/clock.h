// Time, in the two senses that must not be mixed.

#pragma once

#include <string>

namespace isoflop {

/// Seconds since an arbitrary start; never jumps. For durations and timeouts.
double MonotonicSeconds();

/// The wall clock as "2026-01-31T23:59:59Z". For people to read, never to
/// compute with.
std::string UtcNow();

}  // namespace isoflop
