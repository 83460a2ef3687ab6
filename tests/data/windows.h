// Reading windows of a task into vectors.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/data/task.h"

namespace isoflop {

/// The tokens of an example, and its last target.
using Window = std::vector<std::int32_t>;

/// REQUIRES: every target but the last is the next token.
inline Window WindowOf(const ExampleSpans& example) {
  Window window(example.tokens.begin(), example.tokens.end());
  window.push_back(example.target_tokens.back());
  return window;
}

inline Window TrainWindow(const Task& task, std::int64_t seed,
                          std::int64_t index) {
  ExampleBuffer buffer(task.shape());
  task.ReadTrain(seed, index, buffer[0]);
  return WindowOf(buffer[0]);
}

inline Window EvalWindow(const Task& task, std::int64_t index) {
  ExampleBuffer buffer(task.shape());
  task.ReadEval(index, buffer[0]);
  return WindowOf(buffer[0]);
}

}  // namespace isoflop
