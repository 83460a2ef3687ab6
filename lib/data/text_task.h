// Bytes of files as tokens.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/data/task.h"

namespace isoflop {

/// Kind `text`: every byte of every file is a token.
struct TextConfig final : TaskConfig {
  std::vector<std::string> paths;       // files, globs or directories
  std::vector<std::string> extensions;  // of files in directories; empty: all
  double validation_fraction = 0.05;    // of blocks, chosen by their number

  std::string_view kind() const override { return "text"; }
  Json ToJson() const override;
  ExampleShape Shape(std::int64_t context) const override;
  void Validate(std::int64_t, const std::string&, Problems*) const override {}
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
  std::string_view paths_key() const override { return "paths"; }
};

/// Opens the files that `config` names as a byte-level text, vocabulary 256.
///
/// A file is a document; files that are exact copies of an earlier one are left
/// out. Documents are cut into blocks of 64 KiB (smaller where the text is
/// small, so that there are 512 blocks or the blocks are 1 KiB), numbered
/// through. validation_fraction of the block numbers, chosen by a fixed
/// pseudo-random permutation, are for validation and the rest for training.
/// Training and validation tokens are what remains of each document, joined in
/// order. A zero byte, which text does not contain, follows every document and
/// every place where blocks of the other side were taken out; windows may
/// contain it.
///
/// So the split depends on the contents and their order, and not on where the
/// files lie. Throws Error: see OpenTask.
std::unique_ptr<Task> OpenText(const TextConfig& config,
                               std::int64_t eval_tokens, std::int64_t context);

}  // namespace isoflop
