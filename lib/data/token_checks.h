// What the tokens of a file say about themselves: whether they are in the
// vocabulary, and whether they were read as what they were written as.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/data/inspection.h"
#include "lib/data/token_file.h"

namespace isoflop {

/// A token that no model of the vocabulary can be given.
struct OutsideToken {
  std::int64_t index = 0;  // in its file
  std::uint32_t token = 0;
};

/// Returns a token of `file` that is not below `vocab_size`, if there is one
/// in the parts that are inspected.
std::optional<OutsideToken> FindOutside(const TokenFile& file,
                                        std::int64_t vocab_size,
                                        Inspection inspection);

/// Returns why a file without a header cannot be of the width that it is read
/// as, and what to do; empty: it can. Where every second token is 0, or next to
/// it, these are the high halves of wider ids (uint32 or int64), or, where it
/// is the first of two, of ids of the other byte order; where all are 0, the
/// file was made and never filled.
std::string MisreadTokens(const TokenFile& file, Inspection inspection);

/// Returns as what all of a file's tokens would be below `vocab_size` where not
/// all are, in words: "uint32"; empty: as nothing that is known.
std::string OtherReading(const TokenFile& file, std::int64_t vocab_size,
                         Inspection inspection);

}  // namespace isoflop
