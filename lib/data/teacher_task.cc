// Kind `teacher`: a fixed smooth map from sequences to sequences, a random
// network of one hidden layer with a memory that decays:
//
//   m_t = r m_{t-1} + sqrt(1 - r^2) x_t,  m_{-1} = 0,  x_t normal
//   y_t = (V tanh(A x_t + B m_t + c) - mean) / deviation
//
// A, B, c, V normal; the entries of A and B of variance 1 / d_in, those of c
// 1/4. There is no noise, so that a model which represents the map has no loss.

#include <fmt/format.h>

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
#include "lib/core/normals.h"
#include "lib/core/random.h"
#include "lib/data/task.h"
#include "lib/data/task_kinds.h"

namespace isoflop {
namespace {

constexpr std::uint64_t kTeacherTrain = 0x7463747261696e;
constexpr std::uint64_t kTeacherEval = 0x74636576616c;
constexpr std::uint64_t kTeacherSample = 0x746373616d706c65;
constexpr std::uint64_t kTeacherLayer = 0x7463303031;
constexpr std::uint64_t kTeacherReadout = 0x7463303032;

struct TeacherConfig final : TaskConfig {
  std::int64_t inputs = 4;     // d_in
  std::int64_t outputs = 1;    // d_out
  std::int64_t hidden = 16;    // width of the teacher
  double memory = 0.5;         // r
  std::int64_t task_seed = 0;  // of A, B, c, V

  std::string_view kind() const override { return "teacher"; }
  Json ToJson() const override {
    return {{"inputs", inputs},
            {"outputs", outputs},
            {"hidden", hidden},
            {"memory", memory},
            {"task_seed", task_seed}};
  }
  ExampleShape Shape(std::int64_t context) const override {
    return {.positions = context,
            .d_in = inputs,
            .d_out = outputs,
            .counted = context};
  }
  void Validate(std::int64_t /*context*/, const std::string& /*path*/,
                Problems* /*problems*/) const override {}  // every one fits
  std::unique_ptr<Task> Open(std::int64_t eval_tokens,
                             std::int64_t context) const override;
};

/// tanh in plain arithmetic, so that every machine has the same targets.
double Tanh(double x) { return 1.0 - 2.0 / (LaneExp(2.0 * x) + 1.0); }

class TeacherTask final : public Task {
 public:
  TeacherTask(const TeacherConfig& config, std::int64_t eval_tokens,
              std::int64_t context);

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    Read(MixBits(kTeacherTrain, static_cast<std::uint64_t>(seed)), index,
         example);
  }
  void ReadEval(std::int64_t index,
                const ExampleSpans& example) const override {
    Read(kTeacherEval, index, example);
  }

 private:
  void Normalise();
  void Read(std::uint64_t key, std::int64_t index,
            const ExampleSpans& example) const {
    FillNormal(MixBits(key, static_cast<std::uint64_t>(index)),
               example.vectors);
    Respond(example.vectors, example.target_vectors);
  }
  void Respond(std::span<const float> x, std::span<float> y) const;

  TeacherConfig config_;
  std::vector<float> layer_;       // of every hidden unit A, B, and c
  std::vector<float> readout_;     // of every output V
  std::vector<double> mean_;       // of every output
  std::vector<double> deviation_;  // of every output
};

TeacherTask::TeacherTask(const TeacherConfig& config, std::int64_t eval_tokens,
                         std::int64_t context)
    : config_(config),
      layer_(static_cast<std::size_t>(config.hidden * (2 * config.inputs + 1))),
      readout_(static_cast<std::size_t>(config.outputs * config.hidden)),
      mean_(static_cast<std::size_t>(config.outputs)),
      deviation_(static_cast<std::size_t>(config.outputs), 1.0) {
  shape_ = config.Shape(context);
  eval_examples_ = eval_tokens / context;
  const auto seed = static_cast<std::uint64_t>(config.task_seed);
  FillNormal(MixBits(kTeacherLayer, seed), layer_);
  FillNormal(MixBits(kTeacherReadout, seed), readout_);
  const auto width = static_cast<std::size_t>(2 * config.inputs + 1);
  const float deviation = 1.0F / std::sqrt(static_cast<float>(config.inputs));
  for (std::size_t i = 0; i < layer_.size(); ++i) {
    layer_[i] *= i % width == width - 1 ? 0.5F : deviation;
  }
  Normalise();
  info_.fingerprint = Sha256Hex(
      fmt::format("isoflop teacher 1: inputs={} outputs={} hidden={} memory={} "
                  "task_seed={}",
                  config.inputs, config.outputs, config.hidden, config.memory,
                  config.task_seed));
  info_.description = fmt::format(
      "teacher: {} inputs, {} outputs, {} hidden units, memory {}, task seed "
      "{}",
      config.inputs, config.outputs, config.hidden, config.memory,
      config.task_seed);
  info_.loss_unit = shape_.loss_unit();
  info_.optimum.expected = 0.0;
  info_.optimum.on_evaluation_set = 0.0;
  info_.notes.push_back(
      "every output has a variance of about 1, by a sample of 4096 positions");
}

/// Sets mean and deviation by a sample of its own, one long sequence.
void TeacherTask::Normalise() {
  constexpr std::size_t kPositions = 4096;
  const std::size_t outputs = mean_.size();
  std::vector<float> x(kPositions * static_cast<std::size_t>(config_.inputs));
  std::vector<float> y(kPositions * outputs);
  FillNormal(kTeacherSample, x);
  Respond(x, y);
  for (std::size_t output = 0; output < outputs; ++output) {
    double sum = 0.0;
    double squares = 0.0;
    for (std::size_t t = 0; t < kPositions; ++t) {
      const auto value = static_cast<double>(y[t * outputs + output]);
      sum += value;
      squares += value * value;
    }
    const double mean = sum / kPositions;
    mean_[output] = mean;
    deviation_[output] = std::sqrt(squares / kPositions - mean * mean);
  }
}

void TeacherTask::Respond(std::span<const float> x, std::span<float> y) const {
  const auto inputs = static_cast<std::size_t>(config_.inputs);
  const auto hidden = static_cast<std::size_t>(config_.hidden);
  const double r = config_.memory;
  const double fresh = std::sqrt(1.0 - r * r);
  std::vector<double> seen(2 * inputs);  // x_t and m_t
  std::vector<double> units(hidden);
  auto out = y.begin();
  for (; !x.empty(); x = x.subspan(inputs)) {
    for (std::size_t i = 0; i < inputs; ++i) {
      seen[i] = static_cast<double>(x[i]);
      seen[inputs + i] = r * seen[inputs + i] + fresh * seen[i];
    }
    const float* weight = layer_.data();
    for (double& unit : units) {
      unit = 0.0;
      for (const double value : seen) {
        unit += static_cast<double>(*weight++) * value;
      }
      unit += static_cast<double>(*weight++);
    }
    for (double& unit : units) unit = Tanh(unit);
    weight = readout_.data();
    for (std::size_t output = 0; output < mean_.size(); ++output) {
      double sum = 0.0;
      for (const double unit : units) {
        sum += static_cast<double>(*weight++) * unit;
      }
      *out++ = static_cast<float>((sum - mean_[output]) / deviation_[output]);
    }
  }
}

std::unique_ptr<Task> TeacherConfig::Open(std::int64_t eval_tokens,
                                          std::int64_t context) const {
  return std::make_unique<TeacherTask>(*this, eval_tokens, context);
}

std::shared_ptr<const TaskConfig> ReadTeacherConfig(ObjectReader* reader) {
  auto config = std::make_shared<TeacherConfig>();
  reader->Read("inputs", &config->inputs, {1, 256});
  reader->Read("outputs", &config->outputs, {1, 256});
  reader->Read("hidden", &config->hidden, {1, 1024});
  reader->Read("memory", &config->memory, {0.0, 0.99});
  reader->Read("task_seed", &config->task_seed, {0, INT64_MAX});
  return config;
}

}  // namespace

TaskKind TeacherKind() {
  return {.name = TeacherConfig{}.kind(),
          .keys = {"inputs", "outputs", "hidden", "memory", "task_seed"},
          .read = ReadTeacherConfig};
}

}  // namespace isoflop
