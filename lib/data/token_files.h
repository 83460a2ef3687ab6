// The token files of one side, for training or for validation: opened, checked,
// and without copies of one another.

#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "lib/core/error.h"
#include "lib/data/data_files.h"
#include "lib/data/inspection.h"
#include "lib/data/token_file.h"

namespace isoflop {

struct TokenFiles {
  std::deque<TokenFile> files;      // names stay where they are
  std::vector<std::string> hashes;  // of the files' tokens
  std::int64_t tokens = 0;
  std::int64_t bytes = 0;
};

/// Opens every file of `list`, and of a pair of Megatron the `.bin`, whichever
/// of the two is named, once. What is wrong with any goes to `problems`.
TokenFiles OpenTokenFiles(FileList* list, TokenFormat format,
                          Problems* problems);

/// Hashes the files and checks their tokens: what is not in the vocabulary, or
/// cannot be what it is read as, goes to `problems`. Leaves out files whose
/// tokens are those of an earlier one, and returns how many these were.
std::int64_t CheckTokenFiles(std::int64_t vocab_size, Inspection inspection,
                             TokenFiles* opened, Problems* problems);

}  // namespace isoflop
