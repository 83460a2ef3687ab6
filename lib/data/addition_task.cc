// Kind `addition`: two numbers of n digits and their sum, of n + 1 digits:
//
//   1 2 3 + 9 5 4 = 1 0 7 7        in the order "plain"
//   1 2 3 + 9 5 4 = 7 7 0 1        "reversed": the last digit of the sum first
//
// Every token has to be predicted from those before, and the digits of the sum
// count. Tokens: the ten digits, then + and =. About one pair of numbers in
// sixteen, chosen by a hash, whichever of them comes first, is kept for the
// evaluation set and never trained on.
//
// Source for the order: Lee et al. 2023 (arXiv:2307.03381).

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/core/hash.h"
#include "lib/core/names.h"
#include "lib/core/random.h"
#include "lib/data/task.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kAdditionTrain = 0x6164747261696e;
constexpr std::uint64_t kAdditionEval = 0x61646576616c;
constexpr std::uint64_t kAdditionSplit = 0x616473706c6974;

constexpr std::int32_t kPlus = 10;
constexpr std::int32_t kEquals = 11;
constexpr std::int64_t kAdditionTokens = 12;

enum class DigitOrder { kPlain, kReversed };
constexpr std::array<NamedValue<DigitOrder>, 2> EnumNames(DigitOrder) {
  return {{{DigitOrder::kPlain, "plain"}, {DigitOrder::kReversed, "reversed"}}};
}

struct AdditionConfig final : TaskConfig {
  std::int64_t digits = 3;  // n
  DigitOrder order = DigitOrder::kPlain;

  /// The last digit of the sum is only a target.
  std::int64_t context() const { return 3 * digits + 2; }

  std::string_view kind() const override { return "addition"; }
  Json ToJson() const override {
    return {{"digits", digits}, {"order", NameOf(order)}};
  }
  ExampleShape Shape(std::int64_t positions) const override {
    return {.positions = positions,
            .vocab_size = kAdditionTokens,
            .counted = digits + 1,
            .targets_follow = true};
  }
  void Validate(std::int64_t positions, const std::string& path,
                Problems* problems) const override {
    if (positions == context()) return;
    problems->Add(path + ".digits",
                  fmt::format("sums of {} digits need a model.context of "
                              "3 digits + 2 = {}, got {}",
                              digits, context(), positions));
  }
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t positions) const override;
};

class AdditionTask final : public Task {
 public:
  AdditionTask(const AdditionConfig& config, std::int64_t eval_tokens);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    Read(MixBits(MixBits(kAdditionTrain, static_cast<std::uint64_t>(seed)),
                 static_cast<std::uint64_t>(index)),
         false, example);
  }
  void ReadEval(std::int64_t index,
                const ExampleSpans& example) const override {
    Read(MixBits(kAdditionEval, static_cast<std::uint64_t>(index)), true,
         example);
  }

 private:
  void Read(std::uint64_t key, bool kept, const ExampleSpans& example) const;

  AdditionConfig config_;
};

AdditionTask::AdditionTask(const AdditionConfig& config,
                           std::int64_t eval_tokens)
    : config_(config) {
  shape_ = config.Shape(config.context());
  eval_examples_ = eval_tokens / config.context();
  info_.fingerprint =
      Sha256Hex(fmt::format("isoflop addition 1: digits={} order={}",
                            config.digits, NameOf(config.order)));
  info_.description = fmt::format("addition: numbers of {} digits, {}",
                                  config.digits, NameOf(config.order));
  info_.vocab_size = kAdditionTokens;
  info_.loss_unit = shape_.loss_unit();
  info_.optimum.expected = 0.0;
  info_.optimum.on_evaluation_set = 0.0;
}

/// Whether a pair of numbers, given by their digits, belongs to the evaluation
/// set: whichever of them comes first.
bool IsKept(std::span<const std::int32_t> digits) {
  constexpr std::uint64_t kOneIn = 16;
  auto first = digits.first(digits.size() / 2);
  auto second = digits.subspan(digits.size() / 2);
  if (std::ranges::lexicographical_compare(second, first)) {
    std::swap(first, second);
  }
  std::uint64_t hash = kAdditionSplit;
  for (const auto number : {first, second}) {
    for (const std::int32_t digit : number) {
      hash = MixBits(hash, static_cast<std::uint64_t>(digit));
    }
  }
  return hash % kOneIn == 0;
}

void AdditionTask::Read(std::uint64_t key, bool kept,
                        const ExampleSpans& example) const {
  const auto n = static_cast<std::size_t>(config_.digits);
  RandomStream stream(key);
  std::vector<std::int32_t> digits(2 * n);  // of both, most significant first
  do {
    for (std::int32_t& digit : digits) {
      digit = static_cast<std::int32_t>(stream.Below(10));
    }
  } while (IsKept(digits) != kept);
  std::vector<std::int32_t> sum(n + 1);  // least significant first
  std::int32_t carry = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::int32_t both = digits[n - 1 - i] + digits[2 * n - 1 - i] + carry;
    sum[i] = both % 10;
    carry = both / 10;
  }
  sum[n] = carry;
  if (config_.order == DigitOrder::kPlain) std::ranges::reverse(sum);

  std::vector<std::int32_t> all;
  const auto first = digits.begin();
  const auto second = first + static_cast<std::ptrdiff_t>(n);
  all.insert(all.end(), first, second);
  all.push_back(kPlus);
  all.insert(all.end(), second, digits.end());
  all.push_back(kEquals);
  all.insert(all.end(), sum.begin(), sum.end());
  std::copy(all.begin(), all.end() - 1, example.tokens.begin());
  std::copy(all.begin() + 1, all.end(), example.target_tokens.begin());
  // The first digit of the sum is the target at "=".
  std::ranges::fill(example.counts, std::uint8_t{0});
  std::ranges::fill(example.counts.last(n + 1), std::uint8_t{1});
}

std::unique_ptr<Task> AdditionConfig::Open(std::int64_t eval_tokens,
                                           std::int64_t /*positions*/) const {
  return std::make_unique<AdditionTask>(*this, eval_tokens);
}

std::shared_ptr<const TaskConfig> ReadAdditionConfig(ObjectReader* reader) {
  auto config = std::make_shared<AdditionConfig>();
  reader->Read("digits", &config->digits, {1, 1000});
  reader->ReadEnum("order", &config->order);
  return config;
}

}  // namespace

TaskKind AdditionKind() {
  return {.name = AdditionConfig{}.kind(),
          .keys = {"digits", "order"},
          .read = ReadAdditionConfig};
}

}  // namespace isoflop
