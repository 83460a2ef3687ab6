// Sealed JSON: a text that carries a checksum of itself, so that a byte which a
// disk has changed is noticed and named, never believed.

#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "lib/core/json.h"

namespace isoflop {

/// Returns the first 16 hex digits of the SHA-256 of `text`.
std::string ChecksumOf(std::string_view text);

/// The key of a seal, the last of its object.
inline constexpr std::string_view kSealKey = "checksum";

/// Returns ReadableText of `object` with a last key "checksum": that of the
/// text with zeros in its place.
std::string SealedText(Json object);

/// Returns the same on one line, without a line end.
std::string SealedLine(Json object);

/// What a text says of its seal.
enum class Seal { kNone, kWhole, kBroken };
Seal SealOf(std::string_view text);

/// Parses a sealed text and takes the seal off. What has none, as files of
/// older versions, is taken as it is. Throws Error, naming `source`, for bad
/// syntax and for a broken seal.
Json ParseSealed(std::string_view text, const std::string& source);

/// Reads and parses a sealed file. Throws Error.
Json ReadSealedFile(const std::filesystem::path& path);

}  // namespace isoflop
