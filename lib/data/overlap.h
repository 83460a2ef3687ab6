// How much of an evaluation set also stands in the training data: copies of a
// file, or a validation file that was cut out of a training file.

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "lib/data/token_sequence.h"

namespace isoflop {

/// The largest share that is not refused. Text as it is found, such as C
/// headers and Python packages, was seen to have 0.04 to 0.09: licences,
/// generated code.
inline constexpr double kRefusedOverlap = 0.3;

/// Smaller shares are not worth a word.
inline constexpr double kNotedOverlap = 0.01;

/// How much is compared.
struct OverlapLimits {
  std::int64_t blocks = 1 << 16;          // of the evaluation set, at most
  std::int64_t train_tokens = 1LL << 28;  // some seconds' work
};

/// What was found.
struct Overlap {
  double share = 0.0;        // of the evaluation set, 0 to 1
  double searched = 1.0;     // share of the training tokens that were looked at
  std::int64_t stretch = 0;  // tokens in a row that have to be the same
  std::string first;         // where one of them is in both; empty: none
};

/// Where the windows of an evaluation set begin in the validation tokens.
struct EvalWindows {
  std::int64_t count = 0;
  std::int64_t context = 0;
  std::function<std::int64_t(std::int64_t)> begin;  // of the i-th
};

/// Looks for blocks of the evaluation set in the training tokens: 32 tokens, or
/// 128 bytes where `bytes`. A block counts as copied when it stands in a
/// stretch of 256 tokens (1,024 bytes), or of all that there are, that is the
/// same in both, unless the stretch repeats itself within a quarter of that:
/// runs of one token, rules and empty tables are nobody's copy. Licences in
/// front of files and phrases are shorter than that, mostly.
///
/// The blocks' hashes are looked up at every position of the training tokens
/// by a rolling hash (Karp and Rabin 1987), and what is found is compared.
/// Beyond limits.train_tokens evenly spaced pieces of the training tokens are
/// looked at, and the share is what they suggest for all.
Overlap FindOverlap(const TokenSequence& train, const TokenSequence& validation,
                    const EvalWindows& windows, bool bytes,
                    const OverlapLimits& limits = {});

/// Returns what there is to say of an overlap, in a sentence; empty where it is
/// below kNotedOverlap. Throws Error where it is above kRefusedOverlap.
std::string NoteOverlap(const Overlap& overlap);

}  // namespace isoflop
