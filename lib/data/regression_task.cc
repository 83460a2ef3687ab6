#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/core/hash.h"
#include "lib/core/names.h"
#include "lib/core/normals.h"
#include "lib/core/random.h"
#include "lib/data/in_context_predictors.h"
#include "lib/data/regression_config.h"
#include "lib/data/task.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kRegressionTrain = 0x7267747261696e;
constexpr std::uint64_t kRegressionEval = 0x72676576616c;
constexpr std::uint64_t kRegressionWeights = 0x77656967687473;
constexpr std::uint64_t kRegressionChoice = 0x63686f696365;
constexpr std::uint64_t kRegressionTasks = 0x7461736b73;

class RegressionTask final : public Task {
 public:
  RegressionTask(const RegressionConfig& config, std::int64_t eval_tokens,
                 std::int64_t context);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override;
  void ReadEval(std::int64_t index, const ExampleSpans& example) const override;
  std::unique_ptr<Baseline> MakeBaseline(std::size_t number) const override;

  /// Writes what the predictor says at every position that counts.
  void Predict(InContextPredictor* predictor, const ExampleSpans& example,
               std::span<double> predictions) const;

 private:
  std::vector<float> Weights(std::uint64_t own, bool fresh) const;
  std::vector<float> TrainingTask(std::uint64_t number) const;
  void Write(std::uint64_t own, std::span<const float> weights, double scale,
             const ExampleSpans& example) const;
  void Count(std::int64_t examples, const ExampleSpans& example) const;
  std::vector<double> NoiselessRisk() const;
  double RidgeLoss() const;
  std::unique_ptr<InContextPredictor> MakePredictor(
      RegressionBaseline baseline) const;
  double ErrorOf(
      InContextPredictor* predictor, std::int64_t examples,
      const std::function<void(std::int64_t, const ExampleSpans&)>& read) const;
  double Bandwidth() const;

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

  std::size_t dimension() const {
    return static_cast<std::size_t>(config_.dimension);
  }
  double noise_variance() const { return config_.noise * config_.noise; }

  RegressionConfig config_;
  std::int64_t pairs_;
};

class PairsBaseline final : public Baseline {
 public:
  PairsBaseline(const RegressionTask& task,
                std::unique_ptr<InContextPredictor> predictor)
      : task_(task), predictor_(std::move(predictor)) {}

  void Predict(const ExampleSpans& example,
               std::span<double> predictions) override {
    task_.Predict(predictor_.get(), example, predictions);
  }

 private:
  const RegressionTask& task_;
  std::unique_ptr<InContextPredictor> predictor_;
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
  if (!fresh) {
    RandomStream choice(MixBits(own, kRegressionChoice));
    return TrainingTask(
        choice.Below(static_cast<std::uint64_t>(config_.tasks)));
  }
  std::vector<float> weights(dimension());
  FillNormal(MixBits(own, kRegressionWeights), weights);
  return weights;
}

/// Returns one of the fixed vectors of weights.
std::vector<float> RegressionTask::TrainingTask(std::uint64_t number) const {
  const std::uint64_t tasks =
      MixBits(kRegressionTasks, static_cast<std::uint64_t>(config_.task_seed));
  std::vector<float> weights(dimension());
  FillNormal(MixBits(tasks, number), weights);
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

void RegressionTask::Predict(InContextPredictor* predictor,
                             const ExampleSpans& example,
                             std::span<double> predictions) const {
  const std::size_t d = dimension();
  predictor->Reset();
  for (std::int64_t pair = 0; pair < pairs_; ++pair) {
    const std::size_t place = PlaceOf(pair);
    const auto x = example.vectors.subspan(place * width(), d);
    if (Counts(pair)) predictions[place] = predictor->Predict(x);
    if (pair + 1 == pairs_) break;
    const std::size_t shown = config_.interleaved() ? place + 1 : place;
    predictor->Show(x,
                    static_cast<double>(example.vectors[shown * width() + d]));
  }
}

/// Returns the mean squared error over the positions that count of examples
/// 0 ... `examples` - 1, which `read` writes.
double RegressionTask::ErrorOf(
    InContextPredictor* predictor, std::int64_t examples,
    const std::function<void(std::int64_t, const ExampleSpans&)>& read) const {
  ExampleBuffer buffer(shape_);
  const ExampleSpans example = buffer[0];
  std::vector<double> predictions(static_cast<std::size_t>(context()));
  double sum = 0.0;
  std::int64_t count = 0;
  for (std::int64_t index = 0; index < examples; ++index) {
    read(index, example);
    Predict(predictor, example, predictions);
    for (std::size_t t = 0; t < predictions.size(); ++t) {
      if (example.counts[t] == 0) continue;
      const double error =
          predictions[t] - static_cast<double>(example.target_vectors[t]);
      sum += error * error;
      ++count;
    }
  }
  return sum / static_cast<double>(count);
}

/// Returns the mean squared error of the best predictor on the evaluation set.
double RegressionTask::RidgeLoss() const {
  const auto ridge = MakeRidge(dimension(), noise_variance());
  return ErrorOf(ridge.get(), eval_examples_,
                 [this](std::int64_t index, const ExampleSpans& example) {
                   ReadEval(index, example);
                 });
}

/// Returns the bandwidth of a kernel smoother that is best on some training
/// examples, to a factor of 2^(1/3).
double RegressionTask::Bandwidth() const {
  constexpr std::int64_t kWork = std::int64_t{1} << 28;  // about a second
  const std::int64_t examples = std::clamp<std::int64_t>(
      kWork / (16 * pairs_ * pairs_ * config_.dimension), 1, 128);
  constexpr std::int64_t kSeed = -1;  // of no run
  const double typical = std::sqrt(static_cast<double>(config_.dimension));
  double best = typical;
  double least = std::numeric_limits<double>::infinity();
  for (int third = -9; third <= 6; ++third) {
    const double bandwidth = typical * std::exp2(third / 3.0);
    const auto smoother = MakeKernelSmoother(dimension(), bandwidth);
    const double error =
        ErrorOf(smoother.get(), examples,
                [this](std::int64_t index, const ExampleSpans& example) {
                  ReadTrain(kSeed, index, example);
                });
    if (error < least) {
      least = error;
      best = bandwidth;
    }
  }
  return best;
}

std::unique_ptr<InContextPredictor> RegressionTask::MakePredictor(
    RegressionBaseline baseline) const {
  switch (baseline) {
    case RegressionBaseline::kZero:
      return MakeZero();
    case RegressionBaseline::kAveraging:
      return MakeAveraging(dimension());
    case RegressionBaseline::kOneGradientStep:
      return MakeOneGradientStep(dimension(), noise_variance());
    case RegressionBaseline::kNearestNeighbour:
      return MakeNearestNeighbour(dimension());
    case RegressionBaseline::kKernelSmoother:
      return MakeKernelSmoother(dimension(), Bandwidth());
    case RegressionBaseline::kLeastSquares:
      return MakeLeastSquares(dimension());
    case RegressionBaseline::kRidge:
      return MakeRidge(dimension(), noise_variance());
    case RegressionBaseline::kMeanOfTasks:
      break;
  }
  // Without noise the pairs leave one task; rounding of y is far below this.
  constexpr double kLeastVariance = 1e-6;
  std::vector<float> tasks;
  for (std::int64_t number = 0; number < config_.tasks; ++number) {
    const auto task = TrainingTask(static_cast<std::uint64_t>(number));
    tasks.insert(tasks.end(), task.begin(), task.end());
  }
  return MakeMeanOfTasks(dimension(), std::move(tasks),
                         std::max(noise_variance(), kLeastVariance));
}

std::unique_ptr<Baseline> RegressionTask::MakeBaseline(
    std::size_t number) const {
  return std::make_unique<PairsBaseline>(
      *this, MakePredictor(RegressionBaselines(config_)[number]));
}

}  // namespace

std::unique_ptr<Task> RegressionConfig::Open(std::int64_t eval_tokens,
                                             std::int64_t context) const {
  return std::make_unique<RegressionTask>(*this, eval_tokens, context);
}

}  // namespace isoflop
