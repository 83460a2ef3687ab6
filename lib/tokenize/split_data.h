// Token files split into training and validation, by document.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace isoflop {

struct SplitOptions {
  std::vector<std::string> inputs;  // token files, globs, and directories
  std::filesystem::path output;     // directory; train/ and val/ are in it
  std::optional<std::int64_t> validation_tokens;  // one of the two
  std::optional<double> validation_fraction;
  std::uint64_t seed = 0;
  // The token between documents; where tokens.json says it, it is not needed.
  std::optional<std::int32_t> end_of_text;
  bool force = false;
};

struct SplitSide {
  std::int64_t tokens = 0;
  std::int64_t documents = 0;
  std::vector<std::string> files;
};

struct SplitOutcome {
  SplitSide train;
  SplitSide validation;
  std::int64_t repeated = 0;  // documents that are the same as another
};

/// Writes `train/train_000.bin` and on, and `val/val_000.bin` and on, with the
/// tokens.json and the tokenizer of the input beside each.
///
/// Every document goes to one side, and all that are the same to the same. What
/// is longer than a quarter of the validation set (and 1,024 tokens) is first
/// cut into parts of that length, so that one book can be split as well.
/// Documents are drawn for validation, by the seed and what is in them, until
/// it has as many tokens as asked for: the order and the number of files do not
/// matter.
///
/// Throws Error for options that are wrong, files of several widths or
/// tokenizers, where the end of text is not known, and where one side would
/// have nothing.
SplitOutcome SplitData(const SplitOptions& options);

}  // namespace isoflop
