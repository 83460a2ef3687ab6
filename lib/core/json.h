// Strict JSON: what is read is exactly what was meant.

#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace isoflop {

/// JSON whose objects keep the order in which keys were written.
using Json = nlohmann::ordered_json;

/// Parses one JSON value; `//` and `/* */` comments are allowed. `source` names
/// the text in messages. Throws Error with line and column for bad syntax, for
/// a key that occurs twice in one object, and for more than 100 levels.
Json ParseJson(std::string_view text, const std::string& source);

/// Reads and parses a file. Throws Error.
Json ReadJsonFile(const std::filesystem::path& path);

/// Reads the object in a file as far as it takes to have these members of it;
/// what follows is not read, nor is it checked. Throws Error.
Json ReadJsonUpTo(const std::filesystem::path& path,
                  std::span<const std::string_view> members);

/// Returns `json` indented by two, with arrays of plain values on one line, and
/// a line end. What a terminal would obey is escaped (PrintableJson).
std::string ReadableText(const Json& json);

/// Writes ReadableText(json) atomically. Throws Error.
void WriteJsonFile(const std::filesystem::path& path, const Json& json);

/// Returns a string as it is, without quotes, and any other value as
/// CanonicalText has it.
std::string WordOf(const Json& value);

/// Returns `json` without white space and with sorted keys: equal values give
/// equal text, however they were written. For hashing.
std::string CanonicalText(const Json& json);

}  // namespace isoflop
