#include "lib/data/finite_task.h"

#include <algorithm>
#include <cassert>

#include "lib/core/error.h"
#include "lib/core/random.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kTrainOrder = 0x6f72646572;

/// Windows of context + 1 tokens that start at multiples of the context.
std::int64_t Windows(const TokenSequence& tokens, std::int64_t context) {
  return std::max<std::int64_t>(tokens.size() - 1, 0) / context;
}

}  // namespace

FiniteTask::FiniteTask(FiniteTokens tokens, std::int64_t eval_tokens,
                       std::int64_t context)
    : tokens_(std::move(tokens)) {
  info_ = std::move(tokens_.info);
  SetWindows(eval_tokens, context);
  train_examples_ = Windows(tokens_.train, context);
  validation_windows_ = Windows(tokens_.validation, context);
  info_.train_tokens = tokens_.train.size();
  info_.validation_tokens = tokens_.validation.size();
  Require(validation_windows_ >= eval_examples_,
          "data.eval_tokens: the evaluation set takes {} tokens, {} windows of "
          "{} and one, but only {} tokens are there for validation: lower "
          "data.eval_tokens, give more data, or {}",
          eval_examples_ * context + 1, eval_examples_, context,
          tokens_.validation.size(), tokens_.remedy);
  Require(train_examples_ >= 1,
          "data: {} training tokens do not fill one window of {} and one",
          tokens_.train.size(), context);
}

void FiniteTask::ReadTrainWindow(std::int64_t seed, std::int64_t index,
                                 std::span<std::int32_t> window) const {
  assert(index >= 0);
  // Every epoch has an order of its own; within one each window comes once.
  const auto epoch = static_cast<std::uint64_t>(index / train_examples_);
  const std::uint64_t seed_key =
      MixBits(kTrainOrder, static_cast<std::uint64_t>(seed));
  const Permutation order(MixBits(seed_key, epoch),
                          static_cast<std::uint64_t>(train_examples_));
  const auto within = static_cast<std::uint64_t>(index % train_examples_);
  Read(tokens_.train, static_cast<std::int64_t>(order(within)), window);
}

void FiniteTask::ReadEvalWindow(std::int64_t index,
                                std::span<std::int32_t> window) const {
  assert(0 <= index && index < eval_examples_);
  Read(tokens_.validation, EvalWindow(index), window);
}

/// Returns which of the windows over the validation tokens is the `index`-th of
/// the evaluation set.
std::int64_t FiniteTask::EvalWindow(std::int64_t index) const {
  // floor(index * validation / eval), without the overflow of the product.
  const std::int64_t stride = validation_windows_ / eval_examples_;
  const std::int64_t rest = validation_windows_ % eval_examples_;
  return index * stride + index * rest / eval_examples_;
}

std::optional<Overlap> FiniteTask::FindEvalOverlap() const {
  constexpr std::int64_t kByteValues = 256;
  const EvalWindows windows{
      .count = eval_examples_,
      .context = context(),
      .begin = [this](std::int64_t i) { return EvalWindow(i) * context(); }};
  return FindOverlap(tokens_.train, tokens_.validation, windows,
                     info_.vocab_size <= kByteValues);
}

void FiniteTask::Read(const TokenSequence& tokens, std::int64_t window_index,
                      std::span<std::int32_t> window) const {
  assert(std::ssize(window) == context() + 1);
  const std::int64_t begin = window_index * context();
  tokens.Read(begin, window);
  // Of large files only samples were checked when they were opened.
  const auto outside = std::ranges::find_if(window, [this](std::int32_t t) {
    return t < 0 || t >= info_.vocab_size;
  });
  if (outside == window.end()) return;
  Require(false, "{} is {}, not below data.vocab_size {}",
          tokens.Locate(begin + (outside - window.begin())),
          static_cast<std::uint32_t>(*outside), info_.vocab_size);
}

}  // namespace isoflop
