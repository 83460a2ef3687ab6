// What a task's examples look like, and where one is written.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "lib/core/names.h"

namespace isoflop {

/// What a loss is measured in. Losses of different units are never mixed.
enum class LossUnit {
  kNats,          // -ln p(target), per position that counts
  kSquaredError,  // squared distance of a predicted vector from its target, per
                  // position that counts
  kBitsPerByte,   // nats / (ln 2 bytes per token): of no task, what losses of
                  // different tokenizers are compared in
};
constexpr std::array<NamedValue<LossUnit>, 3> EnumNames(LossUnit) {
  return {{{LossUnit::kNats, "nats"},
           {LossUnit::kSquaredError, "squared_error"},
           {LossUnit::kBitsPerByte, "bits_per_byte"}}};
}

/// Returns "nats per token", "squared error" or "bits per byte", for people.
constexpr const char* InWords(LossUnit unit) {
  switch (unit) {
    case LossUnit::kSquaredError:
      return "squared error";
    case LossUnit::kBitsPerByte:
      return "bits per byte";
    default:
      return "nats per token";
  }
}

/// Returns what stands behind a number of it: "nats", "squared error" or "bits
/// per byte".
constexpr const char* ShortWordOf(LossUnit unit) {
  return unit == LossUnit::kNats ? "nats" : InWords(unit);
}

/// Returns a loss in nats per token in bits per byte of text.
constexpr double BitsPerByte(double nats, double bytes_per_token) {
  return nats / (std::numbers::ln2 * bytes_per_token);
}

/// The layout of every example of a task: a sequence of positions, each with an
/// input and a target. Inputs are tokens, or vectors of d_in numbers; targets
/// are tokens, or vectors of d_out numbers.
struct ExampleShape {
  std::int64_t positions = 0;   // T
  std::int64_t vocab_size = 0;  // every token, input or target, is below it; 0
                                // where neither are tokens
  std::int64_t d_in = 0;        // 0: inputs are tokens
  std::int64_t d_out = 0;       // 0: targets are tokens
  std::int64_t counted = 0;     // positions of a training example whose loss
                                // counts, the same number in each
  bool targets_follow = false;  // whether targets are inputs of later
                                // positions, which a model must not see
  bool nested_inputs = false;   // whether the first n of the d_in numbers make
                                // an example as well, for any n

  bool operator==(const ExampleShape&) const = default;

  bool all_count() const { return counted == positions; }

  LossUnit loss_unit() const {
    return d_out > 0 ? LossUnit::kSquaredError : LossUnit::kNats;
  }
};

/// Where one example is written. What its shape has no use for is empty.
struct ExampleSpans {
  std::span<std::int32_t> tokens = {};         // [T]
  std::span<float> vectors = {};               // [T, d_in], or [T, n] of nested
                                               // inputs
  std::span<std::int32_t> target_tokens = {};  // [T]; below vocab_size even
                                               // where the loss does not count
  std::span<float> target_vectors = {};        // [T, d_out]
  std::span<std::uint8_t> counts = {};  // [T]: 1 where the loss counts, else
                                        // 0; empty where all_count()
};

/// Memory for examples, one after another.
class ExampleBuffer {
 public:
  explicit ExampleBuffer(const ExampleShape& shape, std::int64_t examples = 1)
      : shape_(shape),
        tokens_(shape.d_in == 0 ? Size(examples) : 0),
        vectors_(Size(examples) * static_cast<std::size_t>(shape.d_in)),
        target_tokens_(shape.d_out == 0 ? Size(examples) : 0),
        target_vectors_(Size(examples) * static_cast<std::size_t>(shape.d_out)),
        counts_(shape.all_count() ? 0 : Size(examples)) {}

  /// Returns the place of an example.
  ExampleSpans operator[](std::int64_t example) {
    const auto part = [example, this](auto& all, std::int64_t width) {
      const auto size = static_cast<std::size_t>(shape_.positions * width);
      const auto begin = static_cast<std::size_t>(example) * size;
      return all.empty() ? std::span(all) : std::span(all).subspan(begin, size);
    };
    return {.tokens = part(tokens_, 1),
            .vectors = part(vectors_, shape_.d_in),
            .target_tokens = part(target_tokens_, 1),
            .target_vectors = part(target_vectors_, shape_.d_out),
            .counts = part(counts_, 1)};
  }

 private:
  std::size_t Size(std::int64_t examples) const {
    return static_cast<std::size_t>(examples * shape_.positions);
  }

  ExampleShape shape_;
  std::vector<std::int32_t> tokens_;
  std::vector<float> vectors_;
  std::vector<std::int32_t> target_tokens_;
  std::vector<float> target_vectors_;
  std::vector<std::uint8_t> counts_;
};

}  // namespace isoflop
