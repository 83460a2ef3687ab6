// Many normal numbers at once.

#pragma once

#include <cstdint>
#include <span>

namespace isoflop {

/// Fills `out` with independent standard normal numbers: a pure function of
/// `key` and of the place, the same on every machine. The first n are the same
/// whatever the size. By the transform of Box & Muller 1958 of 32-bit uniform
/// numbers, so none is beyond 6.7.
void FillNormal(std::uint64_t key, std::span<float> out);

}  // namespace isoflop
