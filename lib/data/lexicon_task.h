// The lexicon language as a task.

#pragma once

#include "lib/data/lexicon.h"
#include "lib/data/window_task.h"

namespace isoflop {

/// Endless: every run seed has a text of its own, read from its
/// beginning, and the evaluation set is the beginning of one more text that
/// depends on the language alone. Windows begin with words.
///
/// A window of T = n m tokens and one has as inputs the words w_1 ... w_n and
/// as targets all of their tokens but the first, and the first token of
/// w_{n+1}. What no model can beat on it is the surprisal of the targets given
/// the inputs, and words are independent, so in nats
///
///   sum over i = 1 ... n of -ln p(w_i)  +  ln q(a_1)  -  ln q(a_{n+1}),
///
/// with a_i the first token of w_i and q its probability: a_1 is given and not
/// predicted, a_{n+1} is predicted and the rest of its word is not.
/// info().optimum.on_evaluation_set is the mean of this over the evaluation
/// set, divided by T; its expectation is the entropy rate.
class LexiconTask final : public WindowTask {
 public:
  /// REQUIRES: config.Validate(context, ...) finds no problem,
  /// eval_tokens >= context.
  LexiconTask(const LexiconConfig& config, std::int64_t eval_tokens,
              std::int64_t context);

 private:
  void ReadTrainWindow(std::int64_t seed, std::int64_t index,
                       std::span<std::int32_t> window) const override;
  void ReadEvalWindow(std::int64_t index,
                      std::span<std::int32_t> window) const override;

  void ReadWindow(std::uint64_t text_key, std::int64_t index,
                  std::span<std::int32_t> window) const;
  double BayesLoss() const;
  void Describe(const LexiconConfig& config);

  Lexicon lexicon_;
  std::int64_t words_per_window_;  // n
  std::uint64_t train_key_;
  std::uint64_t eval_key_;
};

}  // namespace isoflop
