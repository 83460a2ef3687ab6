// Kind `manifold`: regression on a smooth manifold of d dimensions, bent within
// a space of more. Of models that are piecewise linear, the loss is expected to
// fall with their size as N^(-4/d), whatever the dimension of that space.
//
//   z uniform in [-1, 1]^d
//   x_j = sqrt(2) cos(u_j . z + v_j),  j = 1 ... n, n > 2 d
//   y = (sum over m of cos(w_m . z + b_m) - mean) / deviation
//
// u, w normal with E |u|^2 = (pi / 2)^2, E |w|^2 = pi^2; v, b uniform: half a
// turn, and a whole one, along a side of length 2, in any number of dimensions.
//
// Source: Sharma & Kaplan 2020 (arXiv:2004.10802), with another manifold.

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numbers>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/hash.h"
#include "lib/core/normals.h"
#include "lib/core/random.h"
#include "lib/data/task.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kManifoldTrain = 0x6d66747261696e;
constexpr std::uint64_t kManifoldEval = 0x6d666576616c;
constexpr std::uint64_t kManifoldInputs = 0x6d66696e;
constexpr std::uint64_t kManifoldTarget = 0x6d666f7574;
constexpr std::uint64_t kManifoldPhases = 0x706861736573;

constexpr std::int64_t kMostDimensions = 64;
constexpr std::int64_t kTargetWaves = 64;  // so that y is nearly normal

struct ManifoldConfig final : TaskConfig {
  std::int64_t dimension = 2;  // d
  std::int64_t ambient = 16;   // n
  std::int64_t task_seed = 0;  // of u, v, w, b

  std::string_view kind() const override { return "manifold"; }
  Json ToJson() const override {
    return {{"dimension", dimension},
            {"ambient", ambient},
            {"task_seed", task_seed}};
  }
  ExampleShape Shape(std::int64_t context) const override {
    return {
        .positions = context, .d_in = ambient, .d_out = 1, .counted = context};
  }
  void Validate(std::int64_t context, const std::string& path,
                Problems* problems) const override;
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

/// Waves cos(w_m . z + b_m) over the cube of z.
class Waves {
 public:
  /// With E |w_m|^2 = turn^2. The first of them do not depend on `count`.
  Waves(std::uint64_t key, std::int64_t count, std::int64_t dimension,
        double turn);

  std::size_t size() const { return phases_.size(); }

  double At(std::size_t wave, std::span<const double> z) const {
    const std::span<const double> w = Frequency(wave);
    double angle = phases_[wave];
    for (std::size_t i = 0; i < z.size(); ++i) angle += w[i] * z[i];
    return std::cos(angle);
  }

  /// Mean of one wave.
  double Mean(std::size_t wave) const;
  /// Mean of the product of two.
  double MeanProduct(std::size_t wave, std::size_t other) const;

 private:
  std::span<const double> Frequency(std::size_t wave) const {
    return std::span(frequencies_).subspan(wave * dimension_, dimension_);
  }

  std::size_t dimension_;
  std::vector<double> frequencies_;  // w, one after another
  std::vector<double> phases_;       // b
};

Waves::Waves(std::uint64_t key, std::int64_t count, std::int64_t dimension,
             double turn)
    : dimension_(static_cast<std::size_t>(dimension)) {
  std::vector<float> normals(static_cast<std::size_t>(count) * dimension_);
  FillNormal(key, normals);
  const double deviation = turn / std::sqrt(static_cast<double>(dimension));
  for (const float normal : normals) {
    frequencies_.push_back(deviation * static_cast<double>(normal));
  }
  RandomStream stream(MixBits(key, kManifoldPhases));
  for (std::int64_t m = 0; m < count; ++m) {
    phases_.push_back(2.0 * std::numbers::pi * stream.Uniform());
  }
}

/// The mean of cos(w z) over z from -1 to 1.
double MeanCosine(double w) { return w == 0.0 ? 1.0 : std::sin(w) / w; }

double Waves::Mean(std::size_t wave) const {
  double mean = std::cos(phases_[wave]);
  for (const double w : Frequency(wave)) mean *= MeanCosine(w);
  return mean;
}

/// As cos a cos b = (cos(a - b) + cos(a + b)) / 2.
double Waves::MeanProduct(std::size_t wave, std::size_t other) const {
  const std::span<const double> w = Frequency(wave);
  const std::span<const double> o = Frequency(other);
  double difference = std::cos(phases_[wave] - phases_[other]);
  double sum = std::cos(phases_[wave] + phases_[other]);
  for (std::size_t i = 0; i < dimension_; ++i) {
    difference *= MeanCosine(w[i] - o[i]);
    sum *= MeanCosine(w[i] + o[i]);
  }
  return 0.5 * (difference + sum);
}

class ManifoldTask final : public Task {
 public:
  ManifoldTask(const ManifoldConfig& config, std::int64_t eval_tokens,
               std::int64_t context);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    Read(MixBits(kManifoldTrain, static_cast<std::uint64_t>(seed)), index,
         example);
  }
  void ReadEval(std::int64_t index,
                const ExampleSpans& example) const override {
    Read(kManifoldEval, index, example);
  }

 private:
  void Read(std::uint64_t key, std::int64_t index,
            const ExampleSpans& example) const;

  std::size_t dimension_;
  Waves inputs_;
  Waves target_;
  double mean_ = 0.0;       // of the sum of the target's waves
  double deviation_ = 0.0;  // of it
};

ManifoldTask::ManifoldTask(const ManifoldConfig& config,
                           std::int64_t eval_tokens, std::int64_t context)
    : dimension_(static_cast<std::size_t>(config.dimension)),
      inputs_(MixBits(kManifoldInputs,
                      static_cast<std::uint64_t>(config.task_seed)),
              config.ambient, config.dimension, 0.5 * std::numbers::pi),
      target_(MixBits(kManifoldTarget,
                      static_cast<std::uint64_t>(config.task_seed)),
              kTargetWaves, config.dimension, std::numbers::pi) {
  shape_ = config.Shape(context);
  eval_examples_ = eval_tokens / context;
  double squares = 0.0;
  for (std::size_t m = 0; m < target_.size(); ++m) {
    mean_ += target_.Mean(m);
    for (std::size_t other = 0; other < target_.size(); ++other) {
      squares += target_.MeanProduct(m, other);
    }
  }
  deviation_ = std::sqrt(squares - mean_ * mean_);
  info_.fingerprint = Sha256Hex(
      fmt::format("isoflop manifold 1: d={} ambient={} task_seed={}",
                  config.dimension, config.ambient, config.task_seed));
  info_.description =
      fmt::format("manifold: {} dimensions within {}, task seed {}",
                  config.dimension, config.ambient, config.task_seed);
  info_.loss_unit = shape_.loss_unit();
  info_.optimum.expected = 0.0;
  info_.optimum.on_evaluation_set = 0.0;
  info_.notes.push_back(fmt::format(
      "the target has variance 1; of piecewise linear models, the loss is "
      "expected to fall as N^(-4/d) = N^-{:.4g}, once they have converged",
      4.0 / static_cast<double>(config.dimension)));
}

void ManifoldTask::Read(std::uint64_t key, std::int64_t index,
                        const ExampleSpans& example) const {
  RandomStream stream(MixBits(key, static_cast<std::uint64_t>(index)));
  std::array<double, kMostDimensions> space;
  const std::span<double> z = std::span(space).first(dimension_);
  for (double& coordinate : z) coordinate = 2.0 * stream.Uniform() - 1.0;
  for (std::size_t j = 0; j < inputs_.size(); ++j) {
    example.vectors[j] =
        static_cast<float>(std::numbers::sqrt2 * inputs_.At(j, z));
  }
  double sum = 0.0;
  for (std::size_t m = 0; m < target_.size(); ++m) sum += target_.At(m, z);
  example.target_vectors[0] = static_cast<float>((sum - mean_) / deviation_);
}

void ManifoldConfig::Validate(std::int64_t context, const std::string& path,
                              Problems* problems) const {
  if (context != 1) {
    problems->Add(path + ".kind",
                  fmt::format("{} has examples of one position: model.context "
                              "must be 1, got {}",
                              kind(), context));
  }
  // Whitney: in that many dimensions no manifold has to cross itself, and for
  // almost all u and v this one does not, so that x says what z is.
  if (ambient <= 2 * dimension) {
    problems->Add(
        path + ".ambient",
        fmt::format("must be above twice the dimension of {}, so that "
                    "the manifold does not cross itself: at least "
                    "{}, got {}",
                    dimension, 2 * dimension + 1, ambient));
  }
}

std::unique_ptr<Task> ManifoldConfig::Open(std::int64_t eval_tokens,
                                           std::int64_t context) const {
  return std::make_unique<ManifoldTask>(*this, eval_tokens, context);
}

std::shared_ptr<const TaskConfig> ReadManifoldConfig(ObjectReader* reader) {
  auto config = std::make_shared<ManifoldConfig>();
  reader->Read("dimension", &config->dimension, {1, kMostDimensions});
  reader->Read("ambient", &config->ambient, {3, 4096});
  reader->Read("task_seed", &config->task_seed, {0, INT64_MAX});
  return config;
}

}  // namespace

TaskKind ManifoldKind() {
  return {.name = ManifoldConfig{}.kind(),
          .keys = {"dimension", "ambient", "task_seed"},
          .read = ReadManifoldConfig};
}

}  // namespace isoflop
