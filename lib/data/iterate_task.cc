// Kind `iterate`: a function, applied several times. An example shows a
// permutation f of m symbols, drawn for it alone, as pairs in random order, and
// then a symbol; the target is what f makes of it in n steps:
//
//   a f(a)  b f(b)  ...  x   ->   f(f(... f(x)))
//
// Only the last position counts. To look up one value is `recall`; what cannot
// be known beforehand are the values in between, one after another.
//
// After Sanford et al. 2024, "k-hop" (arXiv:2402.09268).

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/hash.h"
#include "lib/core/random.h"
#include "lib/data/draw_distinct.h"
#include "lib/data/task.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kIterateTrain = 0x6974747261696e;
constexpr std::uint64_t kIterateEval = 0x69746576616c;

struct IterateConfig final : TaskConfig {
  std::int64_t symbols = 8;  // m
  std::int64_t steps = 2;    // n

  std::string_view kind() const override { return "iterate"; }
  Json ToJson() const override {
    return {{"symbols", symbols}, {"steps", steps}};
  }
  ExampleShape Shape(std::int64_t context) const override {
    return {.positions = context, .vocab_size = symbols, .counted = 1};
  }
  void Validate(std::int64_t context, const std::string& path,
                Problems* problems) const override {
    if (context == 2 * symbols + 1) return;
    problems->Add(
        path + ".symbols",
        fmt::format("{} pairs and a query need a model.context of {}, "
                    "got {}",
                    symbols, 2 * symbols + 1, context));
  }
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

class IterateTask final : public Task {
 public:
  IterateTask(const IterateConfig& config, std::int64_t eval_tokens,
              std::int64_t context);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    Read(MixBits(kIterateTrain, static_cast<std::uint64_t>(seed)), index,
         example);
  }
  void ReadEval(std::int64_t index,
                const ExampleSpans& example) const override {
    Read(kIterateEval, index, example);
  }

 private:
  void Read(std::uint64_t key, std::int64_t index,
            const ExampleSpans& example) const;

  IterateConfig config_;
};

/// Returns the probability that a symbol comes back in `steps` steps: its cycle
/// is equally likely to have any length from 1 to `symbols`.
double ChanceOfReturn(std::int64_t symbols, std::int64_t steps) {
  std::int64_t lengths = 0;
  for (std::int64_t length = 1; length <= std::min(symbols, steps); ++length) {
    if (steps % length == 0) ++lengths;
  }
  return static_cast<double>(lengths) / static_cast<double>(symbols);
}

/// Returns the loss of the best guess that does not look at the pairs: the
/// query itself has its own probability, all others are alike.
double LossWithoutPairs(std::int64_t symbols, std::int64_t steps) {
  const double back = ChanceOfReturn(symbols, steps);
  double loss = back > 0.0 ? -back * std::log(back) : 0.0;
  if (back < 1.0) {
    loss -= (1.0 - back) *
            std::log((1.0 - back) / static_cast<double>(symbols - 1));
  }
  return loss;
}

IterateTask::IterateTask(const IterateConfig& config, std::int64_t eval_tokens,
                         std::int64_t context)
    : config_(config) {
  shape_ = config.Shape(context);
  eval_examples_ = eval_tokens / context;
  info_.fingerprint = Sha256Hex(fmt::format(
      "isoflop iterate 1: symbols={} steps={}", config.symbols, config.steps));
  info_.description =
      fmt::format("iterate: {} steps of a permutation of {} symbols",
                  config.steps, config.symbols);
  info_.vocab_size = shape_.vocab_size;
  info_.loss_unit = shape_.loss_unit();
  info_.optimum.expected = 0.0;
  info_.optimum.on_evaluation_set = 0.0;
  info_.notes.push_back(
      fmt::format("nats per token without a look at the pairs: {:.4f}",
                  LossWithoutPairs(config.symbols, config.steps)));
}

void IterateTask::Read(std::uint64_t key, std::int64_t index,
                       const ExampleSpans& example) const {
  RandomStream stream(MixBits(key, static_cast<std::uint64_t>(index)));
  const auto image = DrawDistinct(config_.symbols, config_.symbols, &stream);
  const auto order = DrawDistinct(config_.symbols, config_.symbols, &stream);
  for (std::size_t i = 0; i < order.size(); ++i) {
    example.tokens[2 * i] = order[i];
    example.tokens[2 * i + 1] = image[static_cast<std::size_t>(order[i])];
  }
  auto symbol = static_cast<std::int32_t>(
      stream.Below(static_cast<std::uint64_t>(config_.symbols)));
  example.tokens.back() = symbol;
  for (std::int64_t step = 0; step < config_.steps; ++step) {
    symbol = image[static_cast<std::size_t>(symbol)];
  }
  std::ranges::fill(example.target_tokens, 0);
  std::ranges::fill(example.counts, std::uint8_t{0});
  example.target_tokens.back() = symbol;
  example.counts.back() = 1;
}

std::unique_ptr<Task> IterateConfig::Open(std::int64_t eval_tokens,
                                          std::int64_t context) const {
  return std::make_unique<IterateTask>(*this, eval_tokens, context);
}

std::shared_ptr<const TaskConfig> ReadIterateConfig(ObjectReader* reader) {
  auto config = std::make_shared<IterateConfig>();
  reader->Read("symbols", &config->symbols, {2, 16384});
  reader->Read("steps", &config->steps, {1, 1024});
  return config;
}

}  // namespace

TaskKind IterateKind() {
  return {.name = IterateConfig{}.kind(),
          .keys = {"symbols", "steps"},
          .read = ReadIterateConfig};
}

}  // namespace isoflop
