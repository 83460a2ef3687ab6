// The `.idx` file of a pair that Megatron-LM and NeMo write: the `.bin` beside
// it holds token ids and nothing else, and only this file says how wide they
// are.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "lib/data/token_sequence.h"

namespace isoflop {

/// What an index says of its `.bin`.
struct MegatronIndex {
  TokenWidth width = TokenWidth::kUint16;
  std::int64_t tokens = 0;  // of all sequences, which lie end to end
};

/// Reads an index: 9 bytes "MMIDIDX\0\0", and little-endian a uint64 version,
/// 1; a byte for the type of the ids; uint64 counts of sequences and of
/// document bounds; an int32 length of each sequence; an int64 offset of each,
/// in bytes; the bounds. Types that are read: 1 (uint8), 4 (int32) and 8
/// (uint16).
///
/// Throws Error, naming `name`: another version or type, sequences that do not
/// lie end to end, a file that is shorter than its counts say.
///
/// Source: Megatron-LM, megatron/core/datasets/indexed_dataset.py.
MegatronIndex ReadMegatronIndex(const std::string& name,
                                std::span<const std::byte> file);

/// Whether a file begins as an index does; false where it cannot be read.
bool IsMegatronIndex(const std::filesystem::path& path);

/// Returns the index beside "x.bin": "x.idx", if there is one.
std::optional<std::filesystem::path> MegatronIndexBeside(
    const std::filesystem::path& bin);

}  // namespace isoflop
