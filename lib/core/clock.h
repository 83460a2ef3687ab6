// Time, in the two senses that must not be mixed.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace isoflop {

/// Seconds since an arbitrary start; never jumps. For durations and timeouts.
double MonotonicSeconds();

/// The wall clock as "2026-01-31T23:59:59Z". For people to read, and
/// for other programs, never to measure a duration with.
std::string UtcNow();

/// Returns the seconds from 1970 to a time that UtcNow wrote, leap seconds not
/// counted; none for any other text.
std::optional<std::int64_t> SecondsSince1970(std::string_view utc);

}  // namespace isoflop
