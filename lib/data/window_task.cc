#include "lib/data/window_task.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace isoflop {
namespace {

void Divide(std::span<const std::int32_t> window, const ExampleSpans& example) {
  std::ranges::copy(window.first(window.size() - 1), example.tokens.begin());
  std::ranges::copy(window.subspan(1), example.target_tokens.begin());
  std::ranges::fill(example.counts, std::uint8_t{1});
}

}  // namespace

ExampleShape WindowShape(std::int64_t vocab_size, std::int64_t context) {
  return {.positions = context,
          .vocab_size = vocab_size,
          .counted = context,
          .targets_follow = true};
}

void WindowTask::SetWindows(std::int64_t eval_tokens, std::int64_t context) {
  assert(eval_tokens >= context && context >= 1);
  shape_ = WindowShape(info_.vocab_size, context);
  eval_examples_ = eval_tokens / context;
}

void WindowTask::ReadTrain(std::int64_t seed, std::int64_t index,
                           const ExampleSpans& example) const {
  std::vector<std::int32_t> window(static_cast<std::size_t>(context()) + 1);
  ReadTrainWindow(seed, index, window);
  Divide(window, example);
}

void WindowTask::ReadEval(std::int64_t index,
                          const ExampleSpans& example) const {
  std::vector<std::int32_t> window(static_cast<std::size_t>(context()) + 1);
  ReadEvalWindow(index, window);
  Divide(window, example);
}

}  // namespace isoflop
