// Token files cut into documents at the end of text.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "lib/data/token_file.h"

namespace isoflop {

/// Reads the tokens of `file` a million at a time and calls `visit` with each
/// document, without its end of text, in order. What follows the last end of
/// text is a document too. Without `end_of_text` all is one document.
void ForEachDocument(
    const TokenFile& file, std::optional<std::int32_t> end_of_text,
    const std::function<void(std::span<const std::int32_t>)>& visit);

/// Returns a number that is, but by a chance of 2^-64, the same for the same
/// tokens only.
std::uint64_t HashTokens(std::span<const std::int32_t> tokens);

}  // namespace isoflop
