// Kind `parities`: many tasks at once, one of which an example is of. The input
// says which, one-hot, and has random bits; the target is the parity of the k
// bits that belong to the task:
//
//   x = (one-hot of the task, bits as -1 and 1),  y = sum of its k bits mod 2
//
// Task i comes with a probability proportional to i^-(alpha + 1), i = 1 ... n.
// A network that has learned a task has its loss at 0, and one that has not at
// ln 2: a loss in quanta, one a task.
//
// Source: Michaud et al. 2023 (arXiv:2303.13506).

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
#include "lib/data/zipf.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kParitiesTrain = 0x70617274726169;
constexpr std::uint64_t kParitiesEval = 0x7061726576616c;
constexpr std::uint64_t kParitiesSubsets = 0x737562736574;

struct ParitiesConfig final : TaskConfig {
  std::int64_t parities = 64;  // n, tasks
  std::int64_t bits = 16;
  std::int64_t subset = 2;  // k, bits of a parity
  double alpha = 0.5;       // tasks have frequencies i^-(alpha + 1)
  std::int64_t task_seed = 0;

  std::string_view kind() const override { return "parities"; }
  Json ToJson() const override {
    return {{"parities", parities},
            {"bits", bits},
            {"subset", subset},
            {"alpha", alpha},
            {"task_seed", task_seed}};
  }
  std::vector<TaskFactor> Factors() const override {
    return {{.name = "parity", .values = parities}};
  }
  ExampleShape Shape(std::int64_t context) const override {
    return {.positions = context,
            .vocab_size = 2,
            .d_in = parities + bits,
            .counted = context};
  }
  void Validate(std::int64_t context, const std::string& path,
                Problems* problems) const override;
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

void ParitiesConfig::Validate(std::int64_t context, const std::string& path,
                              Problems* problems) const {
  if (context != 1) {
    problems->Add(path + ".kind",
                  fmt::format("{} has examples of one position: model.context "
                              "must be 1, got {}",
                              kind(), context));
  }
  if (subset > bits) {
    problems->Add(
        path + ".subset",
        fmt::format("must be at most bits, {}, got {}", bits, subset));
  }
}

class ParitiesTask final : public Task {
 public:
  ParitiesTask(const ParitiesConfig& config, std::int64_t eval_tokens,
               std::int64_t context);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    Read(MixBits(MixBits(kParitiesTrain, static_cast<std::uint64_t>(seed)),
                 static_cast<std::uint64_t>(index)),
         example);
  }
  void ReadEval(std::int64_t index,
                const ExampleSpans& example) const override {
    Read(EvalKey(index), example);
  }
  std::vector<std::int64_t> FactorsOf(std::int64_t index) const override {
    RandomStream stream(EvalKey(index));
    return {static_cast<std::int64_t>(DrawParity(&stream))};
  }

 private:
  static std::uint64_t EvalKey(std::int64_t index) {
    return MixBits(kParitiesEval, static_cast<std::uint64_t>(index));
  }
  /// Which task an example is of, counted from 0.
  std::size_t DrawParity(RandomStream* stream) const {
    return static_cast<std::size_t>(frequencies_.Rank(stream->Bits()));
  }
  void Read(std::uint64_t key, const ExampleSpans& example) const;

  std::size_t parities_;
  ZipfDistribution frequencies_;
  std::vector<std::vector<std::int32_t>> subsets_;  // of bits, by task
};

ParitiesTask::ParitiesTask(const ParitiesConfig& config,
                           std::int64_t eval_tokens, std::int64_t context)
    : parities_(static_cast<std::size_t>(config.parities)),
      frequencies_(config.parities, config.alpha + 1.0) {
  RandomStream stream(
      MixBits(kParitiesSubsets, static_cast<std::uint64_t>(config.task_seed)));
  subsets_.reserve(parities_);
  for (std::size_t i = 0; i < parities_; ++i) {
    subsets_.push_back(DrawDistinct(config.bits, config.subset, &stream));
  }
  shape_ = config.Shape(context);
  eval_examples_ = eval_tokens / context;
  info_.fingerprint = Sha256Hex(
      fmt::format("isoflop parities 1: n={} bits={} k={} alpha={} task_seed={}",
                  config.parities, config.bits, config.subset, config.alpha,
                  config.task_seed));
  info_.description = fmt::format(
      "parities: {} tasks of {} of {} bits, frequencies as i^-{}",
      config.parities, config.subset, config.bits, config.alpha + 1.0);
  info_.vocab_size = shape_.vocab_size;
  info_.loss_unit = shape_.loss_unit();
  info_.optimum.expected = 0.0;
  info_.optimum.on_evaluation_set = 0.0;
  info_.notes.push_back(fmt::format(
      "without end, and tasks learned one by one, the loss would fall as "
      "N^-{:.4g} and D^-{:.4g}; {} tasks end both",
      config.alpha, config.alpha / (1.0 + config.alpha), config.parities));
}

void ParitiesTask::Read(std::uint64_t key, const ExampleSpans& example) const {
  RandomStream stream(key);
  const std::size_t parity = DrawParity(&stream);
  std::ranges::fill(example.vectors, 0.0F);
  example.vectors[parity] = 1.0F;
  const auto bits = example.vectors.subspan(parities_);
  std::uint64_t random = 0;
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (i % 64 == 0) random = stream.Bits();
    bits[i] = (random >> (i % 64) & 1U) == 0 ? -1.0F : 1.0F;
  }
  std::int32_t sum = 0;
  for (const std::int32_t bit : subsets_[parity]) {
    sum += bits[static_cast<std::size_t>(bit)] > 0.0F ? 1 : 0;
  }
  example.target_tokens[0] = sum % 2;
}

std::unique_ptr<Task> ParitiesConfig::Open(std::int64_t eval_tokens,
                                           std::int64_t context) const {
  return std::make_unique<ParitiesTask>(*this, eval_tokens, context);
}

std::shared_ptr<const TaskConfig> ReadParitiesConfig(ObjectReader* reader) {
  auto config = std::make_shared<ParitiesConfig>();
  reader->Read("parities", &config->parities, {2, 65536});
  reader->Read("bits", &config->bits, {1, 4096});
  reader->Read("subset", &config->subset, {1, 4096});
  reader->Read("alpha", &config->alpha, {0.0, 10.0});
  reader->Read("task_seed", &config->task_seed, {0, INT64_MAX});
  return config;
}

}  // namespace

TaskKind ParitiesKind() {
  return {.name = ParitiesConfig{}.kind(),
          .keys = {"parities", "bits", "subset", "alpha", "task_seed"},
          .read = ReadParitiesConfig};
}

}  // namespace isoflop
