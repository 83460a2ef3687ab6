// Token files as llm.c writes them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "lib/data/token_sequence.h"

namespace isoflop {

/// Returns uint16 where ids below `vocab_size` fit, otherwise uint32.
TokenWidth WidthFor(std::int64_t vocab_size);

/// Returns "train_007.bin".
std::string TokenFileName(const std::string& prefix, std::size_t number);

/// Bytes of the header.
inline constexpr std::size_t kTokenHeaderBytes = 1024;

/// Most tokens of a file: what its header can count.
inline constexpr std::int64_t kMostTokensOfFile = INT32_MAX;

/// Writes a header of 256 int32 (20240520 and version 1 for uint16, 20240801
/// and 7 for uint32, then the count), and the tokens of all `parts`,
/// atomically; returns the SHA-256 of the file. Throws Error. REQUIRES: parts
/// hold whole tokens, 1 to kMostTokensOfFile of them together.
std::string WriteTokenFile(const std::filesystem::path& path, TokenWidth width,
                           std::vector<std::span<const std::byte>> parts);

/// Returns `ids` as they lie in a file. REQUIRES: they fit.
std::vector<std::byte> PackTokens(std::span<const std::uint32_t> ids,
                                  TokenWidth width);

}  // namespace isoflop
