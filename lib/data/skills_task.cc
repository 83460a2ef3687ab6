// Kind `skills`: skills, one after another. A skill is a fixed random
// permutation of m symbols. An example is a symbol and k skills; the target is
// what they make of it:
//
//   x s_1 s_2 ... s_k   ->   s_k(... s_2(s_1(x)))
//
// Only the last position counts. Of the n^k sequences of skills a share is held
// out: never trained on, and half of the evaluation set (its part "unseen").
// Tokens: the skills, then the symbols.
//
// After Okawa et al. 2023 (arXiv:2310.09336) and Ramesh et al. 2023
// (arXiv:2311.12997).

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
#include "lib/data/task.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kSkillsTrain = 0x736b747261696e;
constexpr std::uint64_t kSkillsEval = 0x736b6576616c;
constexpr std::uint64_t kSkillsOf = 0x736b696c6c73;
constexpr std::uint64_t kSkillsHeldOut = 0x68656c646f7574;

struct SkillsConfig final : TaskConfig {
  std::int64_t symbols = 16;  // m
  std::int64_t skills = 8;    // n
  std::int64_t length = 2;    // k
  double held_out = 0.25;     // share of the sequences
  std::int64_t task_seed = 0;

  /// n^k, at most kMostSequences where Validate finds nothing wrong.
  double Sequences() const {
    return std::pow(static_cast<double>(skills), static_cast<double>(length));
  }
  /// So many of them are held out.
  std::int64_t HeldOut() const { return std::llround(held_out * Sequences()); }
  bool holds_out() const { return held_out > 0.0; }

  std::string_view kind() const override { return "skills"; }
  Json ToJson() const override {
    return {{"symbols", symbols},
            {"skills", skills},
            {"length", length},
            {"held_out", held_out},
            {"task_seed", task_seed}};
  }
  std::vector<std::string_view> Parts() const override {
    if (!holds_out()) return {};
    return {"seen", "unseen"};
  }
  std::vector<TaskFactor> Factors() const override {
    std::vector<TaskFactor> factors = {{.name = "symbol", .values = symbols}};
    for (std::int64_t i = 1; i <= length; ++i) {
      factors.push_back({.name = fmt::format("skill {}", i), .values = skills});
    }
    return factors;
  }
  ExampleShape Shape(std::int64_t context) const override {
    return {.positions = context, .vocab_size = skills + symbols, .counted = 1};
  }
  void Validate(std::int64_t context, const std::string& path,
                Problems* problems) const override;
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

constexpr double kMostSequences = 1e12;

void SkillsConfig::Validate(std::int64_t context, const std::string& path,
                            Problems* problems) const {
  if (context != length + 1) {
    problems->Add(path + ".length",
                  fmt::format("a symbol and {} skills need a model.context of "
                              "{}, got {}",
                              length, length + 1, context));
  }
  if (Sequences() > kMostSequences) {
    problems->Add(path + ".length",
                  fmt::format("{} skills make {:.1e} sequences of {}, and at "
                              "most {:.0e} are possible",
                              skills, Sequences(), length, kMostSequences));
    return;
  }
  if (!holds_out()) return;
  if (length < 2) {
    problems->Add(path + ".held_out",
                  fmt::format("must be 0 where length is 1, as a skill that is "
                              "held out would never be seen, got {}",
                              held_out));
  } else if (HeldOut() < 1 || HeldOut() >= std::llround(Sequences())) {
    problems->Add(path + ".held_out",
                  fmt::format("{} of {:.0f} sequences is {} of them: one at "
                              "least has to be held out, and one trained on",
                              held_out, Sequences(), HeldOut()));
  }
}

class SkillsTask final : public Task {
 public:
  SkillsTask(const SkillsConfig& config, std::int64_t eval_tokens,
             std::int64_t context);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    Read(MixBits(MixBits(kSkillsTrain, static_cast<std::uint64_t>(seed)),
                 static_cast<std::uint64_t>(index)),
         false, example);
  }
  void ReadEval(std::int64_t index,
                const ExampleSpans& example) const override {
    Read(MixBits(kSkillsEval, static_cast<std::uint64_t>(index)),
         config_.holds_out() && PartOf(index) == 1, example);
  }
  std::size_t PartOf(std::int64_t index) const override {
    return static_cast<std::size_t>(index % 2);
  }
  std::vector<std::int64_t> FactorsOf(std::int64_t index) const override;

 private:
  void Read(std::uint64_t key, bool unseen, const ExampleSpans& example) const;

  SkillsConfig config_;
  std::uint64_t sequences_;
  std::uint64_t held_out_;  // so many of them
  Permutation order_;       // those of the first places are held out
  std::vector<Permutation> skills_;
};

SkillsTask::SkillsTask(const SkillsConfig& config, std::int64_t eval_tokens,
                       std::int64_t context)
    : config_(config),
      sequences_(static_cast<std::uint64_t>(std::llround(config.Sequences()))),
      held_out_(static_cast<std::uint64_t>(config.HeldOut())),
      order_(
          MixBits(kSkillsHeldOut, static_cast<std::uint64_t>(config.task_seed)),
          sequences_) {
  const std::uint64_t skills =
      MixBits(kSkillsOf, static_cast<std::uint64_t>(config.task_seed));
  for (std::int64_t i = 0; i < config.skills; ++i) {
    skills_.emplace_back(MixBits(skills, static_cast<std::uint64_t>(i)),
                         static_cast<std::uint64_t>(config.symbols));
  }
  shape_ = config.Shape(context);
  eval_examples_ = eval_tokens / context;
  info_.fingerprint = Sha256Hex(fmt::format(
      "isoflop skills 1: symbols={} skills={} length={} held_out={} "
      "task_seed={}",
      config.symbols, config.skills, config.length, config.held_out,
      config.task_seed));
  info_.description = fmt::format(
      "skills: {} of {} permutations of {} symbols, {} of {} sequences held "
      "out",
      config.length, config.skills, config.symbols, held_out_, sequences_);
  info_.vocab_size = shape_.vocab_size;
  info_.loss_unit = shape_.loss_unit();
  info_.optimum.expected = 0.0;
  info_.optimum.on_evaluation_set = 0.0;
  info_.notes.push_back(
      fmt::format("nats per token of a uniform guess among the symbols: {:.4f}",
                  std::log(static_cast<double>(config.symbols))));
}

void SkillsTask::Read(std::uint64_t key, bool unseen,
                      const ExampleSpans& example) const {
  RandomStream stream(key);
  std::uint64_t sequence = 0;
  do {
    sequence = stream.Below(sequences_);
  } while ((order_(sequence) < held_out_) != unseen);
  std::uint64_t symbol =
      stream.Below(static_cast<std::uint64_t>(config_.symbols));
  const auto first_symbol = static_cast<std::int32_t>(config_.skills);
  example.tokens.front() = first_symbol + static_cast<std::int32_t>(symbol);
  for (std::int32_t& token : example.tokens.subspan(1)) {
    const std::uint64_t skill =
        sequence % static_cast<std::uint64_t>(config_.skills);
    sequence /= static_cast<std::uint64_t>(config_.skills);
    token = static_cast<std::int32_t>(skill);
    symbol = skills_[skill](symbol);
  }
  std::ranges::fill(example.target_tokens, 0);
  std::ranges::fill(example.counts, std::uint8_t{0});
  example.target_tokens.back() =
      first_symbol + static_cast<std::int32_t>(symbol);
  example.counts.back() = 1;
}

/// What its tokens say.
std::vector<std::int64_t> SkillsTask::FactorsOf(std::int64_t index) const {
  ExampleBuffer buffer(shape_);
  const ExampleSpans example = buffer[0];
  ReadEval(index, example);
  std::vector<std::int64_t> factors(example.tokens.begin(),
                                    example.tokens.end());
  factors.front() -= config_.skills;
  return factors;
}

std::unique_ptr<Task> SkillsConfig::Open(std::int64_t eval_tokens,
                                         std::int64_t context) const {
  return std::make_unique<SkillsTask>(*this, eval_tokens, context);
}

std::shared_ptr<const TaskConfig> ReadSkillsConfig(ObjectReader* reader) {
  auto config = std::make_shared<SkillsConfig>();
  reader->Read("symbols", &config->symbols, {2, 32768});
  reader->Read("skills", &config->skills, {1, 32768});
  reader->Read("length", &config->length, {1, 1024});
  // Others are drawn until one fits, which must not take long.
  reader->Read("held_out", &config->held_out, {0.0, 0.9});
  if (config->held_out > 0.0 && config->held_out < 0.01) {
    reader->Refuse("held_out",
                   fmt::format("must be 0, or from 0.01 to 0.9, got {}",
                               config->held_out));
  }
  reader->Read("task_seed", &config->task_seed, {0, INT64_MAX});
  return config;
}

}  // namespace

TaskKind SkillsKind() {
  return {.name = SkillsConfig{}.kind(),
          .keys = {"symbols", "skills", "length", "held_out", "task_seed"},
          .read = ReadSkillsConfig};
}

}  // namespace isoflop
