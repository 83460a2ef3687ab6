// Tasks that predict every token of a stream from those before it.

#pragma once

#include <cstdint>
#include <span>

#include "lib/data/task.h"

namespace isoflop {

/// An example is a window of `context` + 1 tokens: inputs are all but the last,
/// targets all but the first, and every position counts. Windows start at
/// multiples of `context`.
class WindowTask : public Task {
 public:
  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const final;
  void ReadEval(std::int64_t index, const ExampleSpans& example) const final;

 protected:
  /// Settles the layout of the examples and the size of the evaluation set.
  /// REQUIRES: info_.vocab_size is known, eval_tokens >= context.
  void SetWindows(std::int64_t eval_tokens, std::int64_t context);

  /// As ReadTrain and ReadEval have it. REQUIRES: window.size() == context + 1.
  virtual void ReadTrainWindow(std::int64_t seed, std::int64_t index,
                               std::span<std::int32_t> window) const = 0;
  virtual void ReadEvalWindow(std::int64_t index,
                              std::span<std::int32_t> window) const = 0;
};

/// Returns the layout of windows of `context` + 1 tokens.
ExampleShape WindowShape(std::int64_t vocab_size, std::int64_t context);

}  // namespace isoflop
