// What compiled this program.

#pragma once

#include <string>

namespace isoflop {

/// Returns its name and version: "gcc 12.2.0".
inline std::string CompilerName() {
#if defined(__clang__)
  return "clang " __clang_version__;
#elif defined(__GNUC__)
  return "gcc " __VERSION__;
#else
  return "unknown";
#endif
}

}  // namespace isoflop
