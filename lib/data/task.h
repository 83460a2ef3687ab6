// A task: what is learned. Its examples are a pure function of (seed, index):
// the same one comes back whenever it is asked for, so a resumed run sees the
// same data and needs no saved position.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/data/data_config.h"
#include "lib/data/example.h"
#include "lib/data/overlap.h"

namespace isoflop {

/// The least loss that any predictor reaches, exactly, in the task's unit.
struct TaskOptimum {
  // Its expectation over all examples: an entropy rate, or the Bayes risk.
  std::optional<double> expected;
  // On the evaluation set itself: what no model can beat there.
  std::optional<double> on_evaluation_set;
  // The expectation by position, of every one, where it depends on that.
  std::vector<double> by_position;
};

/// What is known of a task before training; stored with the plan.
struct TaskInfo {
  std::string fingerprint;      // SHA-256 of what the examples are made from
  std::string description;      // "lexicon, 65536 words ...", for people
  std::int64_t vocab_size = 0;  // of its tokens; 0 where there are none
  LossUnit loss_unit = LossUnit::kNats;
  std::optional<std::int64_t> train_tokens;       // absent: endless
  std::optional<std::int64_t> validation_tokens;  // absent: endless
  // Bytes of text behind a token of the evaluation set, in the mean: turns nats
  // per token into bits per byte. Absent: not known, or not of text.
  std::optional<double> bytes_per_token;
  TaskOptimum optimum;             // what of it is known
  std::vector<std::string> notes;  // what a user should know
};

Json ToJson(const TaskInfo& info);

/// A predictor that needs no training, to compare a model with.
class Baseline {
 public:
  virtual ~Baseline() = default;

  /// Writes what it predicts at every position of an example that counts: the
  /// vector, or the probability of each token. Other positions are left alone.
  /// REQUIRES: `predictions` is [T, d_out], or [T, vocab_size] of tokens.
  virtual void Predict(const ExampleSpans& example,
                       std::span<double> predictions) = 0;
};

/// The const members may be called from several threads at once.
class Task {
 public:
  virtual ~Task() = default;

  const TaskInfo& info() const { return info_; }
  const ExampleShape& shape() const { return shape_; }

  /// Positions of an example.
  std::int64_t context() const { return shape_.positions; }

  /// Examples in one epoch, absent for an endless task.
  virtual std::optional<std::int64_t> train_examples() const {
    return std::nullopt;
  }

  /// Examples in the evaluation set.
  std::int64_t eval_examples() const { return eval_examples_; }

  /// Writes the `index`-th training example in the order that `seed` gives. An
  /// order visits every example once before any twice (an epoch), and every
  /// epoch in another order. This and ReadEval throw Error for a token out of
  /// the vocabulary: large files are only sampled when opened.
  ///
  /// REQUIRES: `example` is of shape(), index >= 0.
  virtual void ReadTrain(std::int64_t seed, std::int64_t index,
                         const ExampleSpans& example) const = 0;

  /// Writes the `index`-th example of the evaluation set, which is the same for
  /// every run of a sweep. More positions of it may count than of a training
  /// example. REQUIRES: `example` is of shape(), 0 <= index < eval_examples().
  virtual void ReadEval(std::int64_t index,
                        const ExampleSpans& example) const = 0;

  /// Returns to which of TaskConfig::Parts an example of the evaluation set
  /// belongs. REQUIRES: there are parts; 0 <= index < eval_examples().
  virtual std::size_t PartOf(std::int64_t /*index*/) const { return 0; }

  /// Returns the value of each of TaskConfig::Factors in an example of the
  /// evaluation set. REQUIRES: 0 <= index < eval_examples().
  virtual std::vector<std::int64_t> FactorsOf(std::int64_t /*index*/) const {
    return {};
  }

  /// Makes predictor `number` of TaskConfig::Baselines.
  /// REQUIRES: there is such a one; the task outlives it.
  virtual std::unique_ptr<Baseline> MakeBaseline(std::size_t /*number*/) const {
    return nullptr;
  }

  /// Returns the exact expected loss of the linear predictor
  /// y = sum over i of weights[i] x[i], where the task knows it.
  virtual std::optional<double> RiskOfLinear(
      std::span<const float> /*weights*/) const {
    return std::nullopt;
  }

  /// Throws Error, naming the files, where data have changed since the task was
  /// opened, so that what was trained on them meanwhile is of no use. Cheap
  /// where nothing has: see DataWatch.
  virtual void RequireUnchanged() const {}

  /// Returns how much of the evaluation set is in the training data too, where
  /// both are somebody's files. Takes seconds for large ones.
  virtual std::optional<Overlap> FindEvalOverlap() const {
    return std::nullopt;
  }

 protected:
  TaskInfo info_;
  ExampleShape shape_;
  std::int64_t eval_examples_ = 0;
};

/// Opens what `config` describes, with examples of `context` positions. Throws
/// Error with everything wrong: missing or empty file, bad magic number, size
/// that does not match the header, token out of the vocabulary, fewer
/// validation tokens than eval_tokens.
std::unique_ptr<Task> OpenTask(const DataConfig& config, std::int64_t context);

/// Returns how many training tokens a run may take: config.max_epochs epochs.
/// Absent for an endless task.
std::optional<std::int64_t> TokensAllowed(const Task& task,
                                          const DataConfig& config);

/// Throws Error with the numbers unless `task` holds `tokens` training tokens
/// within config.max_epochs epochs. `who` needs them: "the run d8-...".
void RequireTokens(const Task& task, const DataConfig& config,
                   std::int64_t tokens, const std::string& who);

/// Up to so many epochs repeated tokens are worth nearly as much as new ones.
/// Source: Muennighoff et al. 2023 (arXiv:2305.16264).
inline constexpr double kSoundEpochs = 4.0;

/// Returns how often `tokens` training tokens go through the task: at most 1 is
/// one epoch; 0 for an endless task.
double Epochs(const Task& task, std::int64_t tokens);

}  // namespace isoflop
