// Kind `regression`: linear regression to be learned in context. Every example
// has weights of its own:
//
//   w normal in d dimensions, or one of a number of fixed vectors of that kind
//   x_i normal in d dimensions,  y_i = w . x_i + sigma e_i,  e_i normal
//
// Inputs show x_i and y_i, with noise; the target is w . x_i, without it. The
// loss is the squared error, not divided by d. As numbers (x, y):
//
//   interleaved   (x_0, 0) (0, y_0) (x_1, 0) (0, y_1) ...   each x_i counts
//   concatenated  (x_0, y_0) ... (x_{k-1}, y_{k-1}) (x_k, 0)   the last counts
//
// The best predictor of new weights is ridge regression with lambda = sigma^2.
//
// Sources: Garg et al. 2022 (arXiv:2208.01066); concatenated: von Oswald et al.
// 2023 (arXiv:2212.07677); fixed weights: Raventos et al. 2023
// (arXiv:2306.15063).

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/hash.h"
#include "lib/core/names.h"
#include "lib/core/normals.h"
#include "lib/core/random.h"
#include "lib/data/task.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kRegressionTrain = 0x7267747261696e;
constexpr std::uint64_t kRegressionEval = 0x72676576616c;
constexpr std::uint64_t kRegressionWeights = 0x77656967687473;
constexpr std::uint64_t kRegressionChoice = 0x63686f696365;
constexpr std::uint64_t kRegressionTasks = 0x7461736b73;

enum class RegressionLayout { kInterleaved, kConcatenated };
constexpr std::array<NamedValue<RegressionLayout>, 2> EnumNames(
    RegressionLayout) {
  return {{{RegressionLayout::kInterleaved, "interleaved"},
           {RegressionLayout::kConcatenated, "concatenated"}}};
}

/// Whose weights the evaluation set has.
enum class EvalTasks { kNew, kSame };
constexpr std::array<NamedValue<EvalTasks>, 2> EnumNames(EvalTasks) {
  return {{{EvalTasks::kNew, "new"}, {EvalTasks::kSame, "same"}}};
}

struct RegressionConfig final : TaskConfig {
  std::int64_t dimension = 8;  // d
  double noise = 0.0;          // sigma
  std::int64_t tasks = 0;      // vectors of weights to train on; 0: endless
  std::int64_t task_seed = 0;  // what they are drawn from
  EvalTasks eval_tasks = EvalTasks::kNew;
  double eval_shift = 1.0;  // factor of every x of the evaluation set
  RegressionLayout layout = RegressionLayout::kInterleaved;
  std::int64_t train_examples = 0;  // of a training example only as many of the
                                    // first x count; 0: all

  bool interleaved() const { return layout == RegressionLayout::kInterleaved; }

  /// Pairs (x, y) of an example, with the last x that has no y after it.
  std::int64_t Pairs(std::int64_t context) const {
    return interleaved() ? context / 2 : context;
  }

  std::string_view kind() const override { return "regression"; }
  Json ToJson() const override;
  ExampleShape Shape(std::int64_t context) const override;
  void Validate(std::int64_t context, const std::string& path,
                Problems* problems) const override;
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

/// What is known of the weights after some pairs, if they are normal: a normal
/// distribution, whose mean is that of ridge regression with lambda = sigma^2,
/// and of least squares of least norm without noise.
class WeightPosterior {
 public:
  WeightPosterior(std::size_t dimension, double noise_variance)
      : noise_variance_(noise_variance),
        mean_(dimension),
        covariance_(dimension * dimension),
        gain_(dimension) {
    Reset();
  }

  /// Back to before the first pair.
  void Reset();

  double Predict(std::span<const float> x) const;
  void Update(std::span<const float> x, double y);

 private:
  double noise_variance_;
  std::vector<double> mean_;
  std::vector<double> covariance_;  // row by row
  std::vector<double> gain_;        // space for covariance . x
};

void WeightPosterior::Reset() {
  std::ranges::fill(mean_, 0.0);
  std::ranges::fill(covariance_, 0.0);
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    covariance_[i * mean_.size() + i] = 1.0;
  }
}

double WeightPosterior::Predict(std::span<const float> x) const {
  double y = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    y += mean_[i] * static_cast<double>(x[i]);
  }
  return y;
}

/// By the formula of Sherman and Morrison.
void WeightPosterior::Update(std::span<const float> x, double y) {
  constexpr double kRounding = 1e-9;
  const std::size_t d = x.size();
  double variance = 0.0;  // of w . x
  double norm = 0.0;
  for (std::size_t i = 0; i < d; ++i) {
    gain_[i] = 0.0;
    for (std::size_t j = 0; j < d; ++j) {
      gain_[i] += covariance_[i * d + j] * static_cast<double>(x[j]);
    }
    const auto value = static_cast<double>(x[i]);
    variance += value * gain_[i];
    norm += value * value;
  }
  const double all = variance + noise_variance_;
  if (all <= kRounding * norm) return;  // nothing is left to be learned
  const double surprise = (y - Predict(x)) / all;
  for (std::size_t i = 0; i < d; ++i) {
    mean_[i] += gain_[i] * surprise;
    const double scaled = gain_[i] / all;
    for (std::size_t j = 0; j < d; ++j) {
      covariance_[i * d + j] -= scaled * gain_[j];
    }
  }
}

class RegressionTask final : public Task {
 public:
  RegressionTask(const RegressionConfig& config, std::int64_t eval_tokens,
                 std::int64_t context);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override;
  void ReadEval(std::int64_t index, const ExampleSpans& example) const override;

 private:
  std::vector<float> Weights(std::uint64_t own, bool fresh) const;
  void Write(std::uint64_t own, std::span<const float> weights, double scale,
             const ExampleSpans& example) const;
  void Count(std::int64_t examples, const ExampleSpans& example) const;
  std::vector<double> NoiselessRisk() const;
  double RidgeLoss() const;

  /// The position of x_i, which is also that of its target.
  std::size_t PlaceOf(std::int64_t pair) const {
    return static_cast<std::size_t>(config_.interleaved() ? 2 * pair : pair);
  }
  /// Whether the evaluation set counts the prediction at x_i.
  bool Counts(std::int64_t pair) const {
    return config_.interleaved() || pair == pairs_ - 1;
  }
  std::size_t width() const {
    return static_cast<std::size_t>(config_.dimension + 1);
  }

  RegressionConfig config_;
  std::int64_t pairs_;
};

RegressionTask::RegressionTask(const RegressionConfig& config,
                               std::int64_t eval_tokens, std::int64_t context)
    : config_(config), pairs_(config.Pairs(context)) {
  shape_ = config.Shape(context);
  eval_examples_ = eval_tokens / context;
  info_.fingerprint = Sha256Hex(fmt::format(
      "isoflop regression 1: d={} noise={} tasks={} task_seed={} eval_tasks={} "
      "eval_shift={} layout={} train_examples={}",
      config.dimension, config.noise, config.tasks, config.task_seed,
      NameOf(config.eval_tasks), config.eval_shift, NameOf(config.layout),
      config.train_examples));
  info_.description = fmt::format(
      "regression: {} dimensions, noise {}, {} tasks, {}", config.dimension,
      config.noise,
      config.tasks == 0 ? "endless" : fmt::format("{}", config.tasks),
      NameOf(config.layout));
  info_.loss_unit = shape_.loss_unit();
  // Of a number of fixed weights, ridge regression is not the best predictor.
  if (config.eval_tasks == EvalTasks::kSame) return;
  if (config.noise == 0.0) {
    info_.optimum.by_position = NoiselessRisk();
    double sum = 0.0;
    for (const double risk : info_.optimum.by_position) sum += risk;
    info_.optimum.expected =
        sum / static_cast<double>(config.interleaved() ? pairs_ : 1);
  }
  // About a second.
  constexpr std::int64_t kMostWork = std::int64_t{1} << 30;
  if (eval_examples_ * pairs_ * config.dimension * config.dimension <=
      kMostWork) {
    info_.optimum.on_evaluation_set = RidgeLoss();
  } else {
    info_.notes.push_back(
        "the best possible loss on this evaluation set is not computed, as it "
        "would take long; fewer eval_tokens or dimensions would allow it");
  }
}

void RegressionTask::ReadTrain(std::int64_t seed, std::int64_t index,
                               const ExampleSpans& example) const {
  const std::uint64_t own =
      MixBits(MixBits(kRegressionTrain, static_cast<std::uint64_t>(seed)),
              static_cast<std::uint64_t>(index));
  Write(own, Weights(own, config_.tasks == 0), 1.0, example);
  Count(config_.train_examples, example);
}

void RegressionTask::ReadEval(std::int64_t index,
                              const ExampleSpans& example) const {
  const std::uint64_t own =
      MixBits(kRegressionEval, static_cast<std::uint64_t>(index));
  Write(own, Weights(own, config_.eval_tasks == EvalTasks::kNew),
        config_.eval_shift, example);
  Count(0, example);
}

/// Returns w of the example with the key `own`.
std::vector<float> RegressionTask::Weights(std::uint64_t own,
                                           bool fresh) const {
  std::vector<float> weights(static_cast<std::size_t>(config_.dimension));
  if (fresh) {
    FillNormal(MixBits(own, kRegressionWeights), weights);
  } else {
    RandomStream choice(MixBits(own, kRegressionChoice));
    const std::uint64_t tasks = MixBits(
        kRegressionTasks, static_cast<std::uint64_t>(config_.task_seed));
    FillNormal(
        MixBits(tasks, choice.Below(static_cast<std::uint64_t>(config_.tasks))),
        weights);
  }
  return weights;
}

void RegressionTask::Write(std::uint64_t own, std::span<const float> weights,
                           double scale, const ExampleSpans& example) const {
  const std::size_t d = weights.size();
  const std::span<float> rows = example.vectors;
  std::ranges::fill(example.target_vectors, 0.0F);
  // Each row (x_i, e_i) goes to a place at or behind it, so the last go first.
  FillNormal(own, rows.first(static_cast<std::size_t>(pairs_) * width()));
  for (std::int64_t pair = pairs_ - 1; pair >= 0; --pair) {
    const auto from =
        rows.subspan(static_cast<std::size_t>(pair) * width(), width());
    const std::size_t place = PlaceOf(pair);
    double clean = 0.0;
    for (std::size_t i = 0; i < d; ++i) {
      from[i] = static_cast<float>(scale * static_cast<double>(from[i]));
      clean += static_cast<double>(weights[i]) * static_cast<double>(from[i]);
    }
    const auto y = static_cast<float>(clean + config_.noise *
                                                  static_cast<double>(from[d]));
    const auto to = rows.subspan(place * width(), width());
    std::ranges::copy(from, to.begin());
    to[d] = 0.0F;
    if (config_.interleaved()) {
      const auto after = rows.subspan((place + 1) * width(), width());
      std::ranges::fill(after, 0.0F);
      after[d] = y;
    } else if (!Counts(pair)) {
      to[d] = y;
    }
    if (Counts(pair)) {
      example.target_vectors[place] = static_cast<float>(clean);
    }
  }
}

/// Writes which positions count: of the first `examples` x, 0 for all.
void RegressionTask::Count(std::int64_t examples,
                           const ExampleSpans& example) const {
  std::ranges::fill(example.counts, std::uint8_t{0});
  const std::int64_t end = examples == 0 ? pairs_ : examples;
  for (std::int64_t pair = 0; pair < end; ++pair) {
    if (Counts(pair)) example.counts[PlaceOf(pair)] = 1;
  }
}

/// Returns the Bayes risk by position: of d directions, those that the x before
/// do not span are unknown.
std::vector<double> RegressionTask::NoiselessRisk() const {
  std::vector<double> risk(static_cast<std::size_t>(context()));
  for (std::int64_t pair = 0; pair < pairs_; ++pair) {
    const std::int64_t unknown =
        std::max(std::int64_t{0}, config_.dimension - pair);
    if (!Counts(pair)) continue;
    risk[PlaceOf(pair)] =
        config_.eval_shift * config_.eval_shift * static_cast<double>(unknown);
  }
  return risk;
}

/// Returns the mean squared error of the best predictor on the evaluation set.
double RegressionTask::RidgeLoss() const {
  ExampleBuffer buffer(shape_);
  const ExampleSpans example = buffer[0];
  const auto d = static_cast<std::size_t>(config_.dimension);
  WeightPosterior posterior(d, config_.noise * config_.noise);
  double sum = 0.0;
  std::int64_t count = 0;
  for (std::int64_t index = 0; index < eval_examples_; ++index) {
    ReadEval(index, example);
    posterior.Reset();
    for (std::int64_t pair = 0; pair < pairs_; ++pair) {
      const std::size_t place = PlaceOf(pair);
      const auto x = example.vectors.subspan(place * width(), d);
      if (Counts(pair)) {
        const double error = posterior.Predict(x) -
                             static_cast<double>(example.target_vectors[place]);
        sum += error * error;
        ++count;
      }
      if (pair + 1 == pairs_) break;
      const std::size_t shown = config_.interleaved() ? place + 1 : place;
      posterior.Update(
          x, static_cast<double>(example.vectors[shown * width() + d]));
    }
  }
  return sum / static_cast<double>(count);
}

Json RegressionConfig::ToJson() const {
  return {{"dimension", dimension},
          {"noise", noise},
          {"tasks", tasks},
          {"task_seed", task_seed},
          {"eval_tasks", NameOf(eval_tasks)},
          {"eval_shift", eval_shift},
          {"layout", NameOf(layout)},
          {"train_examples", train_examples}};
}

ExampleShape RegressionConfig::Shape(std::int64_t context) const {
  const std::int64_t all = interleaved() ? Pairs(context) : 1;
  return {.positions = context,
          .d_in = dimension + 1,
          .d_out = 1,
          .counted = train_examples == 0 ? all : train_examples,
          .targets_follow = interleaved()};
}

void RegressionConfig::Validate(std::int64_t context, const std::string& path,
                                Problems* problems) const {
  if (interleaved() && context % 2 != 0) {
    problems->Add(path + ".layout",
                  fmt::format("interleaved examples have two positions for "
                              "each (x, y): model.context must be even, got {}",
                              context));
  } else if (interleaved() && train_examples > Pairs(context)) {
    problems->Add(path + ".train_examples",
                  fmt::format("must be at most the {} examples that a "
                              "model.context of {} holds, or 0 for all, got {}",
                              Pairs(context), context, train_examples));
  }
  if (!interleaved() && context < 2) {
    problems->Add(path + ".layout",
                  fmt::format("concatenated examples have an (x, y) and a "
                              "query: model.context must be at least 2, got {}",
                              context));
  }
  if (!interleaved() && train_examples > 0) {
    problems->Add(path + ".train_examples",
                  fmt::format("must be 0 in the layout \"concatenated\", where "
                              "only the last position counts, got {}",
                              train_examples));
  }
  if (eval_tasks == EvalTasks::kSame && tasks == 0) {
    problems->Add(path + ".eval_tasks",
                  "\"same\" needs a number of tasks to train on: \"tasks\" is "
                  "0, which is endless");
  }
}

std::unique_ptr<Task> RegressionConfig::Open(std::int64_t eval_tokens,
                                             std::int64_t context) const {
  return std::make_unique<RegressionTask>(*this, eval_tokens, context);
}

std::shared_ptr<const TaskConfig> ReadRegressionConfig(ObjectReader* reader) {
  auto config = std::make_shared<RegressionConfig>();
  reader->Read("dimension", &config->dimension, {1, 1024});
  reader->Read("noise", &config->noise, {0.0, 1e3});
  reader->Read("tasks", &config->tasks, {0, std::int64_t{1} << 40});
  reader->Read("task_seed", &config->task_seed, {0, INT64_MAX});
  reader->ReadEnum("eval_tasks", &config->eval_tasks);
  reader->Read("eval_shift", &config->eval_shift, {0.0, 1e3});
  reader->ReadEnum("layout", &config->layout);
  reader->Read("train_examples", &config->train_examples, {0, 1 << 24});
  return config;
}

}  // namespace

TaskKind RegressionKind() {
  return {.name = RegressionConfig{}.kind(),
          .keys = {"dimension", "noise", "tasks", "task_seed", "eval_tasks",
                   "eval_shift", "layout", "train_examples"},
          .read = ReadRegressionConfig};
}

}  // namespace isoflop
