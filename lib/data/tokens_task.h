// Files of token ids as a source.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/data/task.h"
#include "lib/data/token_file.h"

namespace isoflop {

/// Kind `tokens`: files of token ids, in the order given.
struct TokensConfig final : TaskConfig {
  std::vector<std::string> train_paths;       // files or globs
  std::vector<std::string> validation_paths;  // empty: the end of the training
                                              // tokens is cut off for it
  TokenFormat format = TokenFormat::kAuto;
  std::int64_t vocab_size = 0;  // every token is below it

  std::string_view kind() const override { return "tokens"; }
  Json ToJson() const override;
  ExampleShape Shape(std::int64_t context) const override;
  void Validate(std::int64_t, const std::string&, Problems*) const override {}
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
  std::string_view paths_key() const override { return "train_paths"; }
};

/// Opens the token files that `config` names; see TokenFile for their formats.
///
/// Files are joined in the order of their names, nothing between them; those
/// that are exact copies of an earlier one are left out. Where no validation
/// files are given, the last tokens of the training files are cut off for it:
/// as many as the evaluation set takes (its windows, and one). Throws Error:
/// see OpenTask.
std::unique_ptr<Task> OpenTokens(const TokensConfig& config,
                                 std::int64_t eval_tokens,
                                 std::int64_t context);

}  // namespace isoflop
