// Text of a few hundred words for tests of tokenizers.

#pragma once

#include <string>

#include "lib/core/random.h"
#include "lib/tokenize/tokenize.h"
#include "tests/support/temp_dir.h"

namespace isoflop {

/// Returns so many lines of made-up words, with runs of spaces, tabs and
/// characters beyond ASCII among them.
inline std::string SampleText(int lines, std::uint64_t seed = 1) {
  RandomStream random(seed);
  std::string text;
  for (int line = 0; line < lines; ++line) {
    const std::uint64_t words = random.Below(12);
    for (std::uint64_t i = 0; i < words; ++i) {
      if (random.Below(8) == 0) text += "  ";
      if (random.Below(40) == 0) text += "\t";
      if (random.Below(40) == 0) text += "na\xc3\xafve \xf0\x9f\x98\x80";
      text += ' ';
      const std::uint64_t word = random.Below(400);
      for (std::uint64_t rest = word * word + 7; rest > 0; rest /= 9) {
        text += static_cast<char>('a' + rest % 23);
      }
    }
    text += line % 17 == 0 ? "\r\n" : "\n";
  }
  return text;
}

/// Options that make a small tokenizer of one file.
inline TokenizeOptions SmallOptions(const std::filesystem::path& input,
                                    const std::filesystem::path& output) {
  TokenizeOptions options;
  options.inputs = {input.string()};
  options.output = output;
  options.training.vocab_size = 400;
  options.threads = 2;
  return options;
}

}  // namespace isoflop
