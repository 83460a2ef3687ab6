// What decides the last digits of a computation, beside the program and its
// input.

#pragma once

#include <map>
#include <string>

#include "lib/core/error.h"
#include "lib/core/json.h"

namespace isoflop {

/// Versions and classes by their names: {"compiler": "GCC 12.2.0",
/// "libtorch": "1.13.0", "processor": "AVX-512", ...}.
using Arithmetic = std::map<std::string, std::string>;

/// Reads an object of texts; adds what is none to `problems`, at `path`.
Arithmetic ArithmeticFromJson(const Json& json, const std::string& path,
                              Problems* problems);

/// Returns what differs, of what both name, in words: "libtorch 1.13.0, now
/// 2.6.0; processor AVX-512, now AVX2". Empty where nothing does.
std::string DifferenceInWords(const Arithmetic& before, const Arithmetic& now);

}  // namespace isoflop
