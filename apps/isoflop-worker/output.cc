#include "apps/isoflop-worker/output.h"

#include <fmt/format.h>

#include <cstdio>

namespace isoflop {

void Emit(const Json& json) {
  fmt::print("{}\n", json.dump());
  std::fflush(stdout);
}

void Note(const std::string& text) {
  fmt::print(stderr, "isoflop-worker: {}\n", text);
}

}  // namespace isoflop
