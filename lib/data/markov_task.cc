// Kind `markov`: Markov chains to be learned in context. Every sequence has a
// transition matrix of its own, whose rows are drawn from a flat Dirichlet
// distribution over k symbols; its first symbol is uniform. The best prediction
// after s_0 ... s_t = i, with c_ij the transitions from i to j so far:
//
//   p(j) = (c_ij + 1) / (n_i + k),  n_i = sum over j of c_ij
//
// Source: Edelman et al. 2024 (arXiv:2402.11004).

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
#include "lib/core/lane_math.h"
#include "lib/core/names.h"
#include "lib/core/random.h"
#include "lib/data/task.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kMarkovTrain = 0x6d6b747261696e;
constexpr std::uint64_t kMarkovEval = 0x6d6b6576616c;
constexpr std::uint64_t kMarkovMatrix = 0x6d6174726978;
constexpr std::uint64_t kMarkovWalk = 0x77616c6b;

/// What a prediction counts, each with one more: nothing, the symbols so far,
/// or those that came after symbols like the last one.
enum class Counted { kNothing, kSymbols, kTransitions };
constexpr std::array<NamedValue<Counted>, 3> EnumNames(Counted) {
  return {{{Counted::kNothing, "uniform"},
           {Counted::kSymbols, "unigram"},
           {Counted::kTransitions, "bigram"}}};
}

struct MarkovConfig final : TaskConfig {
  std::int64_t symbols = 3;  // k

  std::string_view kind() const override { return "markov"; }
  Json ToJson() const override { return {{"symbols", symbols}}; }
  std::vector<std::string_view> Baselines() const override {
    return AllNames<Counted>();
  }
  ExampleShape Shape(std::int64_t context) const override {
    return {.positions = context,
            .vocab_size = symbols,
            .counted = context,
            .targets_follow = true};
  }
  void Validate(std::int64_t /*context*/, const std::string& /*path*/,
                Problems* /*problems*/) const override {}  // every one fits
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

/// One transition matrix.
class MarkovChain {
 public:
  MarkovChain(std::uint64_t key, std::int64_t symbols);

  /// The symbol after `symbol`, for a uniform number from 0 to below 1.
  std::int32_t Next(std::int32_t symbol, double uniform) const {
    // Not the last of the row, which may have been rounded to below 1.
    const auto row = Row(symbol).first(symbols_ - 1);
    return static_cast<std::int32_t>(std::ranges::upper_bound(row, uniform) -
                                     row.begin());
  }

  /// Entropy of what comes after `symbol`, in nats.
  double Entropy(std::int32_t symbol) const;

 private:
  std::span<const double> Row(std::int32_t symbol) const {
    return std::span(sums_).subspan(static_cast<std::size_t>(symbol) * symbols_,
                                    symbols_);
  }

  std::size_t symbols_;
  std::vector<double> sums_;  // of each row, up to each of its entries
};

MarkovChain::MarkovChain(std::uint64_t key, std::int64_t symbols)
    : symbols_(static_cast<std::size_t>(symbols)), sums_(symbols_ * symbols_) {
  RandomStream stream(key);
  for (std::size_t i = 0; i < symbols_; ++i) {
    const std::span<double> row =
        std::span(sums_).subspan(i * symbols_, symbols_);
    // Exponential numbers over their sum have a flat Dirichlet distribution.
    double sum = 0.0;
    for (double& entry : row) {
      sum -= LaneLog((static_cast<double>(stream.Bits() >> 11U) + 0.5) *
                     0x1.0p-53);
      entry = sum;
    }
    for (double& entry : row) entry /= sum;
  }
}

double MarkovChain::Entropy(std::int32_t symbol) const {
  double entropy = 0.0;
  double before = 0.0;
  for (const double sum : Row(symbol)) {
    const double p = sum - before;
    if (p > 0.0) entropy -= p * std::log(p);
    before = sum;
  }
  return entropy;
}

class CountingBaseline final : public Baseline {
 public:
  CountingBaseline(Counted counted, std::int64_t symbols)
      : counted_(counted), symbols_(static_cast<std::size_t>(symbols)) {}

  void Predict(const ExampleSpans& example,
               std::span<double> predictions) override;

 private:
  Counted counted_;
  std::size_t symbols_;
};

void CountingBaseline::Predict(const ExampleSpans& example,
                               std::span<double> predictions) {
  const std::size_t k = symbols_;
  std::vector<double> seen(k);
  std::vector<double> transitions(k * k);
  for (std::size_t t = 0; t < example.tokens.size(); ++t) {
    const auto last = static_cast<std::size_t>(example.tokens[t]);
    seen[last] += 1.0;
    const auto after = std::span(transitions).subspan(last * k, k);
    const auto row = predictions.subspan(t * k, k);
    std::ranges::fill(row, 0.0);
    if (counted_ == Counted::kSymbols) std::ranges::copy(seen, row.begin());
    if (counted_ == Counted::kTransitions) {
      std::ranges::copy(after, row.begin());
    }
    double all = 0.0;
    for (double& count : row) {
      count += 1.0;
      all += count;
    }
    for (double& count : row) count /= all;
    after[static_cast<std::size_t>(example.target_tokens[t])] += 1.0;
  }
}

/// Mean losses of predictors, in nats per token.
struct MarkovLosses {
  double unigram = 0.0;  // (count of the symbol + 1) / (length + k)
  double bayes = 0.0;
  double entropy = 0.0;  // of who knows the matrix
};

class MarkovTask final : public Task {
 public:
  MarkovTask(const MarkovConfig& config, std::int64_t eval_tokens,
             std::int64_t context);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    Read(MixBits(kMarkovTrain, static_cast<std::uint64_t>(seed)), index,
         example);
  }
  void ReadEval(std::int64_t index,
                const ExampleSpans& example) const override {
    Read(kMarkovEval, index, example);
  }
  std::unique_ptr<Baseline> MakeBaseline(std::size_t number) const override;

 private:
  static std::uint64_t KeyOf(std::uint64_t key, std::int64_t index) {
    return MixBits(key, static_cast<std::uint64_t>(index));
  }
  MarkovChain ChainOf(std::uint64_t key, std::int64_t index) const {
    return {MixBits(KeyOf(key, index), kMarkovMatrix), shape_.vocab_size};
  }
  void Read(std::uint64_t key, std::int64_t index,
            const ExampleSpans& example) const;
  MarkovLosses OnEvaluationSet() const;
};

/// Returns the Bayes risk by position for two symbols.
///
/// As many sequences as go from a to b with the transitions c, times the
/// probability of each, make
///
///   P(c, b | a) = product over i of 1 / (n_i + 1), times
///                 c_ab' / n_b' with b' the other symbol than b, from b' to b;
///                 1 if b' has not been left
///
/// (Whittle 1955). It depends on c by the transitions m between the symbols
/// only, so that one sum over m serves every n_b'. Of more symbols there are
/// too many matrices c to sum over.
std::vector<double> RiskOfTwoSymbols(std::int64_t context) {
  const auto size = static_cast<std::size_t>(context);
  std::vector<double> logs(size + 2);  // ln i
  for (std::size_t i = 1; i < logs.size(); ++i) {
    logs[i] = std::log(static_cast<double>(i));
  }
  std::vector<double> risk(size);
  std::vector<double> returned(size);  // sums over m where a = b
  std::vector<double> moved(size);     // where not
  // `here` and `there`: how often b and the other symbol have been left.
  for (std::size_t here = 0; here < size; ++here) {
    const auto n = static_cast<double>(here);
    double sum_returned = 0.0;
    double sum_moved = 0.0;
    for (std::size_t left = 0; left <= std::min(here, size - 1 - here);
         ++left) {
      const auto m = static_cast<double>(left);  // from b to the other symbol
      const double p = (m + 1.0) / (n + 2.0);
      const double entropy = logs[here + 2] - p * logs[left + 1] -
                             (1.0 - p) * logs[here - left + 1];
      if (left == 0) risk[here] += entropy / (n + 1.0);
      sum_returned += m * entropy;
      sum_moved += (m + 1.0) * entropy;
      returned[left] = sum_returned;
      moved[left] = sum_moved;
    }
    for (std::size_t there = 1; here + there < size; ++there) {
      const auto other = static_cast<double>(there);
      risk[here + there] +=
          (returned[std::min(here, there)] + moved[std::min(here, there - 1)]) /
          (other * (n + 1.0) * (other + 1.0));
    }
  }
  return risk;
}

MarkovTask::MarkovTask(const MarkovConfig& config, std::int64_t eval_tokens,
                       std::int64_t context) {
  shape_ = config.Shape(context);
  eval_examples_ = eval_tokens / context;
  info_.fingerprint =
      Sha256Hex(fmt::format("isoflop markov 1: k={}", config.symbols));
  info_.description = fmt::format(
      "markov: a chain of {} symbols for every sequence", config.symbols);
  info_.vocab_size = config.symbols;
  info_.loss_unit = shape_.loss_unit();
  const MarkovLosses losses = OnEvaluationSet();
  info_.optimum.on_evaluation_set = losses.bayes;
  if (config.symbols == 2) {
    info_.optimum.by_position = RiskOfTwoSymbols(context);
    double sum = 0.0;
    for (const double risk : info_.optimum.by_position) sum += risk;
    info_.optimum.expected = sum / static_cast<double>(context);
  }
  info_.notes.push_back(fmt::format(
      "nats per token on this evaluation set: uniform {:.4f}, unigram {:.4f}, "
      "bigram (Bayes) {:.4f}, entropy of the chains {:.4f}",
      std::log(static_cast<double>(config.symbols)), losses.unigram,
      losses.bayes, losses.entropy));
}

void MarkovTask::Read(std::uint64_t key, std::int64_t index,
                      const ExampleSpans& example) const {
  const MarkovChain chain = ChainOf(key, index);
  RandomStream walk(MixBits(KeyOf(key, index), kMarkovWalk));
  auto symbol = static_cast<std::int32_t>(
      walk.Below(static_cast<std::uint64_t>(shape_.vocab_size)));
  for (std::size_t t = 0; t < example.tokens.size(); ++t) {
    example.tokens[t] = symbol;
    symbol = chain.Next(symbol, walk.Uniform());
    example.target_tokens[t] = symbol;
  }
}

std::unique_ptr<Baseline> MarkovTask::MakeBaseline(std::size_t number) const {
  return std::make_unique<CountingBaseline>(EnumNames(Counted{})[number].value,
                                            shape_.vocab_size);
}

MarkovLosses MarkovTask::OnEvaluationSet() const {
  const auto k = static_cast<std::size_t>(shape_.vocab_size);
  CountingBaseline unigram(Counted::kSymbols, shape_.vocab_size);
  CountingBaseline bigram(Counted::kTransitions, shape_.vocab_size);
  MarkovLosses sums;
  ExampleBuffer buffer(shape_);
  const ExampleSpans example = buffer[0];
  std::vector<double> predictions(example.tokens.size() * k);
  const auto loss = [&](CountingBaseline* baseline) {
    baseline->Predict(example, predictions);
    double sum = 0.0;
    for (std::size_t t = 0; t < example.tokens.size(); ++t) {
      const auto target = static_cast<std::size_t>(example.target_tokens[t]);
      sum -= std::log(predictions[t * k + target]);
    }
    return sum;
  };
  for (std::int64_t index = 0; index < eval_examples_; ++index) {
    ReadEval(index, example);
    sums.unigram += loss(&unigram);
    sums.bayes += loss(&bigram);
    const MarkovChain chain = ChainOf(kMarkovEval, index);
    for (const std::int32_t symbol : example.tokens) {
      sums.entropy += chain.Entropy(symbol);
    }
  }
  const auto tokens = static_cast<double>(eval_examples_ * context());
  return {.unigram = sums.unigram / tokens,
          .bayes = sums.bayes / tokens,
          .entropy = sums.entropy / tokens};
}

std::unique_ptr<Task> MarkovConfig::Open(std::int64_t eval_tokens,
                                         std::int64_t context) const {
  return std::make_unique<MarkovTask>(*this, eval_tokens, context);
}

std::shared_ptr<const TaskConfig> ReadMarkovConfig(ObjectReader* reader) {
  auto config = std::make_shared<MarkovConfig>();
  reader->Read("symbols", &config->symbols, {2, 64});
  return config;
}

}  // namespace

TaskKind MarkovKind() {
  return {.name = MarkovConfig{}.kind(),
          .keys = {"symbols"},
          .read = ReadMarkovConfig};
}

}  // namespace isoflop
