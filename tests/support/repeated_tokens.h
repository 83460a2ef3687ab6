// The tiny sweep over data of which there is an end, so that runs see them more
// than once.

#pragma once

#include <cstdint>
#include <string>

#include "lib/core/random.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {

/// Returns TinySweepFile() over a new file in `dir` of 5,000 random tokens, to
/// be seen up to 100 times.
inline Json RepeatedTokensFile(const TempDir& dir) {
  RandomStream random(11);
  std::string bytes;
  for (int i = 0; i < 5000; ++i) {
    const auto token = static_cast<std::uint16_t>(random.Below(64));
    bytes.append(reinterpret_cast<const char*>(&token), sizeof token);
  }
  Json file = TinySweepFile();
  file["data"] = {{"kind", "tokens"},
                  {"train_paths", {dir.Write("tokens.bin", bytes).string()}},
                  {"format", "uint16"},
                  {"vocab_size", 64},
                  {"eval_tokens", 256},
                  {"max_epochs", 100}};
  return file;
}

}  // namespace isoflop
