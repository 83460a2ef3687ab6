// Kind `hierarchy`: strings from a random hierarchy of rules. Over L levels
// every symbol is written as one of m strings of s symbols, each with the same
// probability; the strings of all v symbols of a level differ, so that every
// symbol can be told from any of its strings:
//
//   class -> s symbols -> s^2 symbols -> ... -> s^L tokens
//
// The class is one of v. Either the class is the target at the last token, or
// the last token is, from those before. Only that position counts.
//
// The class is learned from some v m^L examples by who uses the hierarchy, and
// from exponentially many in s^L by who does not. Source: Cagnetta et al. 2024
// (arXiv:2307.02129); of the last token, Cagnetta & Wyart 2024
// (arXiv:2406.00048).

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
#include <vector>

#include "lib/core/hash.h"
#include "lib/core/names.h"
#include "lib/core/random.h"
#include "lib/data/task.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kHierarchyTrain = 0x6869747261696e;
constexpr std::uint64_t kHierarchyEval = 0x68696576616c;
constexpr std::uint64_t kHierarchyRules = 0x686972756c6573;

enum class HierarchyTarget { kClass, kLastToken };
constexpr std::array<NamedValue<HierarchyTarget>, 2> EnumNames(
    HierarchyTarget) {
  return {{{HierarchyTarget::kClass, "class"},
           {HierarchyTarget::kLastToken, "last_token"}}};
}

struct HierarchyConfig final : TaskConfig {
  std::int64_t levels = 2;     // L
  std::int64_t branching = 2;  // s
  std::int64_t symbols = 8;    // v
  std::int64_t rules = 4;      // m
  HierarchyTarget target = HierarchyTarget::kClass;
  std::int64_t task_seed = 0;

  /// s^L; a double, as it may be too large.
  double Tokens() const {
    return std::pow(static_cast<double>(branching),
                    static_cast<double>(levels));
  }
  /// v^s, the strings that there are to choose from.
  double Strings() const {
    return std::pow(static_cast<double>(symbols),
                    static_cast<double>(branching));
  }

  std::string_view kind() const override { return "hierarchy"; }
  Json ToJson() const override {
    return {{"levels", levels},         {"branching", branching},
            {"symbols", symbols},       {"rules", rules},
            {"target", NameOf(target)}, {"task_seed", task_seed}};
  }
  ExampleShape Shape(std::int64_t context) const override {
    return {.positions = context, .vocab_size = symbols, .counted = 1};
  }
  void Validate(std::int64_t context, const std::string& path,
                Problems* problems) const override;
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

constexpr double kMostTokens = 65536.0;
constexpr double kMostStrings = 1e12;

void HierarchyConfig::Validate(std::int64_t context, const std::string& path,
                               Problems* problems) const {
  const double needed =
      Tokens() - (target == HierarchyTarget::kLastToken ? 1.0 : 0.0);
  if (Tokens() > kMostTokens) {
    problems->Add(path + ".levels",
                  fmt::format("{} levels of {} make {:.1e} tokens, and at most "
                              "{:.0f} are possible",
                              levels, branching, Tokens(), kMostTokens));
  } else if (needed < 2.0) {
    problems->Add(
        path + ".levels",
        fmt::format("1 level of 2 leaves one token to see, whose last "
                    "one is the target: raise levels or branching, "
                    "got {}",
                    levels));
  } else if (static_cast<double>(context) != needed) {
    problems->Add(
        path + ".levels",
        fmt::format("{} levels of {} with the target \"{}\" need a "
                    "model.context of {:.0f}, got {}",
                    levels, branching, NameOf(target), needed, context));
  }
  if (Strings() > kMostStrings) {
    problems->Add(path + ".symbols",
                  fmt::format("{} symbols make {:.1e} strings of {}, and at "
                              "most {:.0e} are possible",
                              symbols, Strings(), branching, kMostStrings));
  } else if (static_cast<double>(symbols * rules) > Strings()) {
    problems->Add(
        path + ".rules",
        fmt::format("{} rules for each of {} symbols need {} "
                    "different strings of {}, and there are {:.0f}",
                    rules, symbols, symbols * rules, branching, Strings()));
  }
}

class HierarchyTask final : public Task {
 public:
  HierarchyTask(const HierarchyConfig& config, std::int64_t eval_tokens,
                std::int64_t context);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    Read(MixBits(kHierarchyTrain, static_cast<std::uint64_t>(seed)), index,
         example);
  }
  void ReadEval(std::int64_t index,
                const ExampleSpans& example) const override {
    Read(kHierarchyEval, index, example);
  }

 private:
  void Read(std::uint64_t key, std::int64_t index,
            const ExampleSpans& example) const;
  void Write(std::uint64_t string, std::span<std::int32_t> symbols) const;

  HierarchyConfig config_;
  // Of each level: rule r of symbol a is string number levels_[l](a m + r).
  std::vector<Permutation> levels_;
};

HierarchyTask::HierarchyTask(const HierarchyConfig& config,
                             std::int64_t eval_tokens, std::int64_t context)
    : config_(config) {
  const std::uint64_t rules =
      MixBits(kHierarchyRules, static_cast<std::uint64_t>(config.task_seed));
  for (std::int64_t level = 0; level < config.levels; ++level) {
    levels_.emplace_back(
        MixBits(rules, static_cast<std::uint64_t>(level)),
        static_cast<std::uint64_t>(std::llround(config.Strings())));
  }
  shape_ = config.Shape(context);
  eval_examples_ = eval_tokens / context;
  info_.fingerprint = Sha256Hex(fmt::format(
      "isoflop hierarchy 1: levels={} branching={} symbols={} rules={} "
      "target={} task_seed={}",
      config.levels, config.branching, config.symbols, config.rules,
      NameOf(config.target), config.task_seed));
  info_.description = fmt::format(
      "hierarchy: {} levels of {} symbols, {} rules for each of {}",
      config.levels, config.branching, config.rules, config.symbols);
  info_.vocab_size = shape_.vocab_size;
  info_.loss_unit = shape_.loss_unit();
  info_.notes.push_back(
      fmt::format("nats per token of a uniform guess: {:.4f}",
                  std::log(static_cast<double>(config.symbols))));
  if (config.target == HierarchyTarget::kClass) {
    info_.optimum.expected = 0.0;
    info_.optimum.on_evaluation_set = 0.0;
    info_.notes.push_back(fmt::format(
        "examples from which a network that uses the hierarchy learns it, by "
        "theory: some v m^L = {:.3g}",
        static_cast<double>(config.symbols) *
            std::pow(static_cast<double>(config.rules),
                     static_cast<double>(config.levels))));
  }
}

/// Writes string number `string` of s symbols, its digits to the base v.
void HierarchyTask::Write(std::uint64_t string,
                          std::span<std::int32_t> symbols) const {
  const auto base = static_cast<std::uint64_t>(config_.symbols);
  for (std::int32_t& symbol : symbols) {
    symbol = static_cast<std::int32_t>(string % base);
    string /= base;
  }
}

void HierarchyTask::Read(std::uint64_t key, std::int64_t index,
                         const ExampleSpans& example) const {
  RandomStream stream(MixBits(key, static_cast<std::uint64_t>(index)));
  const auto s = static_cast<std::size_t>(config_.branching);
  const auto m = static_cast<std::uint64_t>(config_.rules);
  const auto the_class = static_cast<std::int32_t>(
      stream.Below(static_cast<std::uint64_t>(config_.symbols)));
  std::vector<std::int32_t> symbols = {the_class};
  for (const Permutation& rules : levels_) {
    std::vector<std::int32_t> below(symbols.size() * s);
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      const std::uint64_t rule = stream.Below(m);
      Write(rules(static_cast<std::uint64_t>(symbols[i]) * m + rule),
            std::span(below).subspan(i * s, s));
    }
    symbols.swap(below);
  }
  std::copy_n(symbols.begin(), example.tokens.size(), example.tokens.begin());
  std::ranges::fill(example.target_tokens, 0);
  std::ranges::fill(example.counts, std::uint8_t{0});
  example.target_tokens.back() =
      config_.target == HierarchyTarget::kClass ? the_class : symbols.back();
  example.counts.back() = 1;
}

std::unique_ptr<Task> HierarchyConfig::Open(std::int64_t eval_tokens,
                                            std::int64_t context) const {
  return std::make_unique<HierarchyTask>(*this, eval_tokens, context);
}

std::shared_ptr<const TaskConfig> ReadHierarchyConfig(ObjectReader* reader) {
  auto config = std::make_shared<HierarchyConfig>();
  reader->Read("levels", &config->levels, {1, 16});
  reader->Read("branching", &config->branching, {2, 64});
  reader->Read("symbols", &config->symbols, {2, 65536});
  reader->Read("rules", &config->rules, {1, 65536});
  reader->ReadEnum("target", &config->target);
  reader->Read("task_seed", &config->task_seed, {0, INT64_MAX});
  return config;
}

}  // namespace

TaskKind HierarchyKind() {
  return {.name = HierarchyConfig{}.kind(),
          .keys = {"levels", "branching", "symbols", "rules", "target",
                   "task_seed"},
          .read = ReadHierarchyConfig};
}

}  // namespace isoflop
