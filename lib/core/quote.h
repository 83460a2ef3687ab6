// What messages quote: values, and what others have said.

#pragma once

#include <string>
#include <string_view>

#include "lib/core/json.h"

namespace isoflop {

/// Returns `json` on one line: of a string 300 bytes at most, else 60.
std::string Quoted(const Json& json);

/// Whether `text` is valid UTF-8, which every string in JSON has to be.
bool IsUtf8(std::string_view text);

/// Returns `message` with "file: " before each of its lines: what is said of
/// the contents of a file by somebody who does not know its name.
std::string InFile(const std::string& file, std::string_view message);

}  // namespace isoflop
