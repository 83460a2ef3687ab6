// Windows over tokens of which there is an end: text and token files.

#pragma once

#include <memory>

#include "lib/data/data_watch.h"
#include "lib/data/token_sequence.h"
#include "lib/data/window_task.h"

namespace isoflop {

/// What a finite source reads from.
struct FiniteTokens {
  TaskInfo info;  // but for the token counts, which the source fills in
  TokenSequence train;
  TokenSequence validation;
  std::shared_ptr<const void> storage;  // keeps the memory of both alive
  DataWatch watch;                      // of what is mapped
  std::string remedy;  // for too few validation tokens: "raise data.x"
};

/// Training windows lie side by side, and every epoch of every seed visits them
/// in a pseudo-random order of its own. The windows of the evaluation set are
/// spread evenly over the validation tokens.
class FiniteTask final : public WindowTask {
 public:
  /// Throws Error when the tokens do not make one training window or the
  /// evaluation set of `eval_tokens`. REQUIRES: eval_tokens >= context >= 1.
  FiniteTask(FiniteTokens tokens, std::int64_t eval_tokens,
             std::int64_t context);

  std::optional<std::int64_t> train_examples() const override {
    return train_examples_;
  }
  void RequireUnchanged() const override { tokens_.watch.RequireUnchanged(); }
  std::optional<Overlap> FindEvalOverlap() const override;

 private:
  void ReadTrainWindow(std::int64_t seed, std::int64_t index,
                       std::span<std::int32_t> window) const override;
  void ReadEvalWindow(std::int64_t index,
                      std::span<std::int32_t> window) const override;
  std::int64_t EvalWindow(std::int64_t index) const;
  void Read(const TokenSequence& tokens, std::int64_t window_index,
            std::span<std::int32_t> window) const;

  FiniteTokens tokens_;
  std::int64_t train_examples_ = 0;
  std::int64_t validation_windows_ = 0;
};

}  // namespace isoflop
