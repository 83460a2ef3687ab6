// An example of tokens, copied.

#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lib/data/task.h"

namespace isoflop {

struct TokenExample {
  std::vector<std::int32_t> tokens, targets;
  std::vector<std::uint8_t> counts;

  bool operator==(const TokenExample&) const = default;
};

/// Reads a training example of seed 0, or one of the evaluation set, where
/// nothing of what was there before shows through.
inline TokenExample ReadTokens(const Task& task, std::int64_t index,
                               bool evaluation = false) {
  ExampleBuffer buffer(task.shape());
  const ExampleSpans example = buffer[0];
  std::ranges::fill(example.tokens, -1);
  std::ranges::fill(example.target_tokens, -1);
  std::ranges::fill(example.counts, std::uint8_t{7});
  if (evaluation) {
    task.ReadEval(index, example);
  } else {
    task.ReadTrain(0, index, example);
  }
  return {{example.tokens.begin(), example.tokens.end()},
          {example.target_tokens.begin(), example.target_tokens.end()},
          {example.counts.begin(), example.counts.end()}};
}

}  // namespace isoflop
