// Golden files: output that was looked at once and must not change unseen.

#pragma once

#include <cstdlib>
#include <string>

#include "lib/core/files.h"

namespace isoflop {

/// Returns what tests/golden/<name> holds, to be compared with `actual`. With
/// ISOFLOP_UPDATE_GOLDEN=1 in the environment the file is replaced first.
inline std::string Golden(const std::string& name, const std::string& actual) {
  const std::string path = ISOFLOP_SOURCE_DIR "/tests/golden/" + name;
  const char* update = std::getenv("ISOFLOP_UPDATE_GOLDEN");
  if (update != nullptr && std::string(update) == "1") {
    WriteFileAtomically(path, actual);
  }
  return ReadFile(path);
}

}  // namespace isoflop
