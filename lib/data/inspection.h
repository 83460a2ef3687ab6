// Looking at data at a bounded price: identity by content, and checks.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace isoflop {

/// How much of some data is looked at when they are opened.
enum class Inspection {
  kWhole,    // every byte
  kSampled,  // of each file 16 blocks of 4 KiB, evenly spaced from its first
             // byte to its last; every byte of a file no larger than that
};

/// Returns kWhole for up to 1 GiB in all, about a second's work, and kSampled
/// beyond, where a change in place may go unnoticed but a change of size does
/// not.
Inspection InspectionFor(std::int64_t bytes);

/// Returns the parts of one file's `bytes` that are looked at, in order. Each
/// begins at a multiple of 8 bytes, but for the last, which ends with `bytes`.
std::vector<std::span<const std::byte>> InspectedParts(
    std::span<const std::byte> bytes, Inspection inspection);

/// Returns the SHA-256 of the size and the inspected parts, in hex.
std::string ContentHash(std::span<const std::byte> bytes,
                        Inspection inspection);

}  // namespace isoflop
