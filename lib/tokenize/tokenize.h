// From text files to token files: what `isoflop data tokenize` does.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lib/core/fit_progress.h"
#include "lib/data/tokens_record.h"
#include "lib/tokenize/train_tokenizer.h"

namespace isoflop {

struct TokenizeOptions {
  std::vector<std::string> inputs;  // files, globs and directories
  std::filesystem::path output;     // directory
  std::string tokenizer;            // a model; empty: one is trained
  TokenizerTraining training;
  std::string text_field = "text";  // of .jsonl files
  int threads = 0;                  // 0: one per core
  std::int64_t tokens_of_file = 100'000'000;
  bool force = false;  // start over, whatever is in the directory
};

struct TokenizeOutcome {
  TokensRecord record;
  bool was_complete = false;     // nothing was written
  std::int64_t kept_pieces = 0;  // from an earlier, interrupted call
};

/// Tokenizes the documents of the input, an end of text behind each, to
/// `train_000.bin` and on, with `tokens.json` and `tokenizer.model` beside
/// them. Every document is checked to come back from its ids. The files depend
/// on the text and the options alone, not on threads and interruptions: the
/// same call goes on where an earlier one was killed, and does nothing where
/// all is done. `progress` may be null.
///
/// Throws Error for what is wrong with an option, an input (see
/// DocumentReader, PieceEncoder) or the tokenizer, and where the directory
/// has tokens of another tokenizer, release of SentencePiece, or text.
TokenizeOutcome Tokenize(const TokenizeOptions& options, FitProgress* progress);

}  // namespace isoflop
