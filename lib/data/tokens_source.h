// Files of token ids as a source.

#pragma once

#include <cstdint>
#include <memory>

#include "lib/data/data_config.h"
#include "lib/data/data_source.h"

namespace isoflop {

/// Opens the token files that `config` names; see TokenFile for their formats.
///
/// Files are joined in the order of their names, nothing between them. Where
/// no validation files are given, the last tokens of the training files are
/// cut off for it: as many as the evaluation set takes (its windows, and one).
/// Throws Error: see OpenDataSource.
std::unique_ptr<DataSource> OpenTokens(const TokensConfig& config,
                                       std::int64_t eval_tokens,
                                       std::int64_t context);

}  // namespace isoflop
