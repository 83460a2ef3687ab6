// What is known of the text that token files were made of.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/core/error.h"
#include "lib/data/token_files.h"

namespace isoflop {

/// Returns the bytes of text that stand behind a token of the evaluation set,
/// by the tokens.json beside its files: the mean over the text of their
/// directories. Its files are `validation`, or `train` where there are none.
/// Absent where a file is in no tokens.json; a record that its file does not
/// match counts as none, and is noted.
///
/// Ids of one tokenizer mean nothing to another: files of different tokenizers,
/// or releases of SentencePiece, become a problem, as do records that cannot be
/// read.
std::optional<double> BytesPerToken(const TokenFiles& train,
                                    const TokenFiles& validation,
                                    Problems* problems,
                                    std::vector<std::string>* notes);

}  // namespace isoflop
