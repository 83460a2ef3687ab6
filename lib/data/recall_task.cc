// Kind `recall`: associative recall with several queries. An example shows
// pairs of a key and a value, and later the keys alone; where a key comes
// again, its value is the target. Keys, values and places are drawn anew for
// every example:
//
//   k1 v1 k2 v2 ... kp vp  f f k2 f k1 f f ...
//
// The p keys differ; each is asked for once, in random order. The places of the
// queries are uniform among those after the pairs, where Arora et al. let the
// distances fall as a power. In the other places stands a random value, f.
// Tokens: the keys, then the values. Only queries count.
//
// Source: Arora et al. 2023 (arXiv:2312.04927).

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

constexpr std::uint64_t kRecallTrain = 0x7263747261696e;
constexpr std::uint64_t kRecallEval = 0x72636576616c;

struct RecallConfig final : TaskConfig {
  std::int64_t pairs = 4;    // p
  std::int64_t keys = 64;    // that there are to draw from
  std::int64_t values = 64;  // that there are to draw from

  std::string_view kind() const override { return "recall"; }
  Json ToJson() const override {
    return {{"pairs", pairs}, {"keys", keys}, {"values", values}};
  }
  ExampleShape Shape(std::int64_t context) const override {
    return {
        .positions = context, .vocab_size = keys + values, .counted = pairs};
  }
  void Validate(std::int64_t context, const std::string& path,
                Problems* problems) const override;
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

/// Returns the loss of a predictor that knows which values an example has, and
/// how often, but not whose they are: the expectation of ln(pairs / m), where
/// m - 1 of the other pairs have the same value as the one that is asked for.
double LossOfGuessing(std::int64_t pairs, std::int64_t values) {
  const auto others = static_cast<double>(pairs - 1);
  const double same = 1.0 / static_cast<double>(values);
  double loss = 0.0;
  for (std::int64_t i = 0; i < pairs; ++i) {
    const auto m = static_cast<double>(i);
    const double log_choices = std::lgamma(others + 1.0) -
                               std::lgamma(m + 1.0) -
                               std::lgamma(others - m + 1.0);
    loss += std::exp(log_choices + m * std::log(same) +
                     (others - m) * std::log1p(-same)) *
            std::log((others + 1.0) / (m + 1.0));
  }
  return loss;
}

class RecallTask final : public Task {
 public:
  RecallTask(const RecallConfig& config, std::int64_t eval_tokens,
             std::int64_t context);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    Read(MixBits(kRecallTrain, static_cast<std::uint64_t>(seed)), index,
         example);
  }
  void ReadEval(std::int64_t index,
                const ExampleSpans& example) const override {
    Read(kRecallEval, index, example);
  }

 private:
  void Read(std::uint64_t key, std::int64_t index,
            const ExampleSpans& example) const;

  RecallConfig config_;
};

RecallTask::RecallTask(const RecallConfig& config, std::int64_t eval_tokens,
                       std::int64_t context)
    : config_(config) {
  shape_ = config.Shape(context);
  eval_examples_ = eval_tokens / context;
  info_.fingerprint =
      Sha256Hex(fmt::format("isoflop recall 1: pairs={} keys={} values={}",
                            config.pairs, config.keys, config.values));
  info_.description = fmt::format("recall: {} pairs of {} keys and {} values",
                                  config.pairs, config.keys, config.values);
  info_.vocab_size = shape_.vocab_size;
  info_.loss_unit = shape_.loss_unit();
  info_.optimum.expected = 0.0;
  info_.optimum.on_evaluation_set = 0.0;
  info_.notes.push_back(fmt::format(
      "nats per token without recall: {:.4f} of a uniform guess among all "
      "values, {:.4f} of one among those that the example has shown",
      std::log(static_cast<double>(config.values)),
      LossOfGuessing(config.pairs, config.values)));
}

void RecallTask::Read(std::uint64_t key, std::int64_t index,
                      const ExampleSpans& example) const {
  RandomStream stream(MixBits(key, static_cast<std::uint64_t>(index)));
  const auto keys = DrawDistinct(config_.keys, config_.pairs, &stream);
  const auto first_query = static_cast<std::size_t>(2 * config_.pairs);
  const auto queries =
      DrawDistinct(context() - 2 * config_.pairs, config_.pairs, &stream);
  for (std::int32_t& token : example.tokens) {
    token = static_cast<std::int32_t>(
        config_.keys + static_cast<std::int64_t>(stream.Below(
                           static_cast<std::uint64_t>(config_.values))));
  }
  std::ranges::fill(example.target_tokens, 0);
  std::ranges::fill(example.counts, std::uint8_t{0});
  for (std::size_t pair = 0; pair < keys.size(); ++pair) {
    example.tokens[2 * pair] = keys[pair];
    const std::size_t query =
        first_query + static_cast<std::size_t>(queries[pair]);
    example.tokens[query] = keys[pair];
    example.target_tokens[query] = example.tokens[2 * pair + 1];
    example.counts[query] = 1;
  }
}

void RecallConfig::Validate(std::int64_t context, const std::string& path,
                            Problems* problems) const {
  if (keys < pairs) {
    problems->Add(path + ".keys",
                  fmt::format("must be at least the {} pairs, whose keys all "
                              "differ, got {}",
                              pairs, keys));
  }
  if (context < 3 * pairs) {
    problems->Add(path + ".pairs",
                  fmt::format("{} pairs and as many queries need a "
                              "model.context of at least {}, got {}",
                              pairs, 3 * pairs, context));
  }
}

std::unique_ptr<Task> RecallConfig::Open(std::int64_t eval_tokens,
                                         std::int64_t context) const {
  return std::make_unique<RecallTask>(*this, eval_tokens, context);
}

std::shared_ptr<const TaskConfig> ReadRecallConfig(ObjectReader* reader) {
  auto config = std::make_shared<RecallConfig>();
  reader->Read("pairs", &config->pairs, {1, 32768});
  reader->Read("keys", &config->keys, {1, 32768});
  // With one there would be nothing to recall.
  reader->Read("values", &config->values, {2, 32768});
  return config;
}

}  // namespace

TaskKind RecallKind() {
  return {.name = RecallConfig{}.kind(),
          .keys = {"pairs", "keys", "values"},
          .read = ReadRecallConfig};
}

}  // namespace isoflop
