// Kind `power_features`: linear regression on Gaussian features whose variances
// and whose weights fall as powers. Of a linear model of the first M features,
// trained by one pass of stochastic gradient descent, the expected loss is
// known exactly at every M, every number of samples and every schedule.
//
//   x_i normal of variance i^-a,  i = 1, 2, ... without end
//   y = sum over i of w_i x_i + sigma e,  w_i^2 = i^-(b - a),  e normal
//
// Source: Lin et al. 2024 (arXiv:2406.08466).

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lib/core/hash.h"
#include "lib/core/normals.h"
#include "lib/core/random.h"
#include "lib/data/task.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kTrainSamples = 0x7066747261696e;
constexpr std::uint64_t kEvalSamples = 0x70666576616c;
constexpr std::uint64_t kNoise = 0x6e6f697365;

struct PowerFeaturesConfig final : TaskConfig {
  std::int64_t features = 4096;   // that an example has at most
  double feature_exponent = 1.2;  // a
  double target_exponent = 1.5;   // b
  double noise_variance = 0.25;   // sigma^2

  std::string_view kind() const override { return "power_features"; }
  Json ToJson() const override;
  ExampleShape Shape(std::int64_t context) const override;
  void Validate(std::int64_t context, const std::string& path,
                Problems* problems) const override;
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

/// Returns the sum of i^-b over i > n, by the formula of Euler and Maclaurin.
/// REQUIRES: b > 1.
double SumBeyond(std::int64_t n, double b) {
  constexpr std::int64_t kFar = 64;  // where the formula is exact to 1e-16
  double sum = 0.0;
  for (; n < kFar; ++n) sum += std::pow(static_cast<double>(n + 1), -b);
  const auto x = static_cast<double>(n);
  return sum + std::pow(x, 1.0 - b) / (b - 1.0) - 0.5 * std::pow(x, -b) +
         b / 12.0 * std::pow(x, -b - 1.0) -
         b * (b + 1.0) * (b + 2.0) / 720.0 * std::pow(x, -b - 3.0);
}

class PowerFeatures final : public Task {
 public:
  PowerFeatures(const PowerFeaturesConfig& config, std::int64_t eval_tokens,
                std::int64_t context);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    Read(MixBits(kTrainSamples, static_cast<std::uint64_t>(seed)), index,
         example);
  }
  void ReadEval(std::int64_t index,
                const ExampleSpans& example) const override {
    Read(kEvalSamples, index, example);
  }
  std::optional<double> RiskOfLinear(
      std::span<const float> weights) const override;

 private:
  void Read(std::uint64_t key, std::int64_t index,
            const ExampleSpans& example) const;

  std::vector<double> deviations_;  // of x_i
  std::vector<double> weights_;     // w_i
  // Variance of what the features beyond the first n, and the noise, add to the
  // target: tau^2, for n from 0.
  std::vector<double> beyond_;
};

PowerFeatures::PowerFeatures(const PowerFeaturesConfig& config,
                             std::int64_t eval_tokens, std::int64_t context) {
  shape_ = config.Shape(context);
  eval_examples_ = eval_tokens / context;
  const double a = config.feature_exponent;
  const double b = config.target_exponent;
  for (std::int64_t i = 1; i <= config.features; ++i) {
    const auto x = static_cast<double>(i);
    deviations_.push_back(std::pow(x, -0.5 * a));
    weights_.push_back(std::pow(x, -0.5 * (b - a)));
  }
  beyond_.resize(deviations_.size() + 1);
  beyond_.back() = SumBeyond(config.features, b) + config.noise_variance;
  for (std::size_t n = deviations_.size(); n-- > 0;) {
    beyond_[n] = beyond_[n + 1] + std::pow(static_cast<double>(n + 1), -b);
  }
  // Without the number of features: the first n are the same for all.
  info_.fingerprint =
      Sha256Hex(fmt::format("isoflop power_features 1: a={} b={} noise={}", a,
                            b, config.noise_variance));
  info_.description = fmt::format(
      "power_features: a = {}, b = {}, noise variance {}, up to {} features", a,
      b, config.noise_variance, config.features);
  info_.loss_unit = shape_.loss_unit();
  info_.optimum.expected = config.noise_variance;
  info_.notes.push_back(fmt::format(
      "leading terms for linear models trained by SGD: E = {}, alpha = {:.4g}, "
      "beta = {:.4g}, N* grows as C^{:.4g}",
      config.noise_variance, b - 1.0, (b - 1.0) / a, 1.0 / (1.0 + a)));
}

/// However few features are asked for, what the others add to the target is
/// normal, so one number stands for them.
void PowerFeatures::Read(std::uint64_t key, std::int64_t index,
                         const ExampleSpans& example) const {
  const std::uint64_t own = MixBits(key, static_cast<std::uint64_t>(index));
  const std::span<float> x = example.vectors;
  FillNormal(own, x);
  double y = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(deviations_[i] * static_cast<double>(x[i]));
    y += weights_[i] * static_cast<double>(x[i]);
  }
  RandomStream noise(MixBits(own, kNoise));
  const double beyond = std::sqrt(beyond_[x.size()]);
  example.target_vectors[0] = static_cast<float>(y + beyond * noise.Normal());
}

/// sum over i <= M of i^-a (w*_i - w_i)^2, and tau^2.
std::optional<double> PowerFeatures::RiskOfLinear(
    std::span<const float> weights) const {
  double risk = beyond_[weights.size()];
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double error = weights_[i] - static_cast<double>(weights[i]);
    risk += deviations_[i] * deviations_[i] * error * error;
  }
  return risk;
}

Json PowerFeaturesConfig::ToJson() const {
  return {{"features", features},
          {"feature_exponent", feature_exponent},
          {"target_exponent", target_exponent},
          {"noise_variance", noise_variance}};
}

ExampleShape PowerFeaturesConfig::Shape(std::int64_t context) const {
  return {.positions = context,
          .d_in = features,
          .d_out = 1,
          .counted = context,
          .nested_inputs = true};
}

void PowerFeaturesConfig::Validate(std::int64_t context,
                                   const std::string& path,
                                   Problems* problems) const {
  if (context == 1) return;
  problems->Add(path + ".kind",
                fmt::format("{} has examples of one position: model.context "
                            "must be 1, got {}",
                            kind(), context));
}

std::unique_ptr<Task> PowerFeaturesConfig::Open(std::int64_t eval_tokens,
                                                std::int64_t context) const {
  return std::make_unique<PowerFeatures>(*this, eval_tokens, context);
}

std::shared_ptr<const TaskConfig> ReadPowerFeatures(ObjectReader* reader) {
  auto config = std::make_shared<PowerFeaturesConfig>();
  reader->Read("features", &config->features, {1, 1 << 20});
  reader->Read("feature_exponent", &config->feature_exponent,
               {kPositive, 10.0});
  // At 1 the target would have no finite variance.
  reader->Read("target_exponent", &config->target_exponent, {1.01, 10.0});
  reader->Read("noise_variance", &config->noise_variance, {0.0, 1e6});
  return config;
}

}  // namespace

TaskKind PowerFeaturesKind() {
  return {.name = PowerFeaturesConfig{}.kind(),
          .keys = {"features", "feature_exponent", "target_exponent",
                   "noise_variance"},
          .read = ReadPowerFeatures};
}

}  // namespace isoflop
