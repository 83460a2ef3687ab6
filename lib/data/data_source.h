// Where tokens come from. A source is a pure function of (seed, index): the
// same window comes back whenever it is asked for, so a resumed run sees the
// same data and needs no saved position.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/data/data_config.h"

namespace isoflop {

/// What is known of a source before training; stored with the plan.
struct DataInfo {
  std::string fingerprint;      // SHA-256 of what the tokens are made from
  std::string description;      // "lexicon, 65536 words ...", for people
  std::int64_t vocab_size = 0;  // every token is in [0, vocab_size)
  std::optional<std::int64_t> train_tokens;       // absent: endless
  std::optional<std::int64_t> validation_tokens;  // absent: endless
  std::optional<double> entropy_rate;  // nats per token, exact, if known
  std::optional<double> bayes_loss;    // of the evaluation set itself, nats
                                       // per token: what no model can beat
  std::vector<std::string> notes;      // what a user should know
};

Json ToJson(const DataInfo& info);

/// A window is `context` + 1 tokens: inputs are the first `context`, targets
/// the last `context`. Windows start at multiples of `context`. The const
/// members may be called from several threads at once.
class DataSource {
 public:
  virtual ~DataSource() = default;

  const DataInfo& info() const { return info_; }

  /// Window length in tokens, the same for all windows of a source.
  std::int64_t context() const { return context_; }

  /// Windows in one epoch, absent for an endless source.
  virtual std::optional<std::int64_t> train_windows() const = 0;

  /// Windows in the evaluation set: eval_tokens / context, all of them there.
  std::int64_t eval_windows() const { return eval_windows_; }

  /// Writes the `index`-th training window in the order that `seed` gives. An
  /// order visits every window once before any window twice (an epoch), and
  /// every epoch in another order. This and ReadEvalWindow throw Error for a
  /// token out of the vocabulary: large files are only sampled when opened.
  ///
  /// REQUIRES: window.size() == context() + 1, index >= 0.
  virtual void ReadTrainWindow(std::int64_t seed, std::int64_t index,
                               std::span<std::int32_t> window) const = 0;

  /// Writes the `index`-th window of the evaluation set, which is the same for
  /// every run of a sweep.
  /// REQUIRES: window.size() == context() + 1, 0 <= index < eval_windows().
  virtual void ReadEvalWindow(std::int64_t index,
                              std::span<std::int32_t> window) const = 0;

 protected:
  DataInfo info_;
  std::int64_t context_ = 0;
  std::int64_t eval_windows_ = 0;
};

/// Opens what `config` describes, with windows of `context` tokens. Throws
/// Error with everything wrong: missing or empty file, bad magic number, size
/// that does not match the header, token out of the vocabulary, fewer
/// validation tokens than eval_tokens.
std::unique_ptr<DataSource> OpenDataSource(const DataConfig& config,
                                           std::int64_t context);

/// Throws Error with the numbers unless `source` holds `tokens` training
/// tokens within config.max_epochs epochs. `who` needs them: "the run d8-...".
void RequireTokens(const DataSource& source, const DataConfig& config,
                   std::int64_t tokens, const std::string& who);

/// Returns how often `tokens` training tokens go through the source: at most 1
/// is one epoch; 0 for an endless source.
double Epochs(const DataSource& source, std::int64_t tokens);

}  // namespace isoflop
