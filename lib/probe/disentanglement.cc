#include <ATen/core/grad_mode.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_solve.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/probe/last_counted.h"
#include "lib/probe/probe.h"
#include "lib/probe/series.h"
#include "lib/sweep/group_memory.h"

namespace isoflop {
namespace {

/// A factor of more values has too few examples of each.
constexpr std::int64_t kMostValues = 256;

/// Examples to fit to and examples to judge by: the stream, double [n, d], and
/// which value a factor has.
struct Half {
  at::Tensor stream;
  at::Tensor values;  // int64 [n]
};

double MeanOf(const at::Tensor& flags) {
  return flags.to(at::kDouble).mean().item<double>();
}

/// Accuracy of least squares on one-hot values, with a penalty that matters
/// only where directions of the stream are all but unused.
double LinearAccuracy(const Half& fit, const Half& judge, std::int64_t values) {
  constexpr double kPenalty = 1e-4;  // of the mean variance of a direction
  const at::Tensor center = fit.stream.mean(0);
  const at::Tensor x = fit.stream - center;
  const at::Tensor one_hot =
      (fit.values.unsqueeze(1) == at::arange(values, at::kLong))
          .to(at::kDouble);
  const at::Tensor share = one_hot.mean(0);
  const at::Tensor products = x.transpose(0, 1).matmul(x);
  const double penalty =
      kPenalty * products.diagonal().mean().item<double>() + 1e-300;
  const at::Tensor weights =
      at::linalg_solve(products + penalty * at::eye(x.size(1), at::kDouble),
                       x.transpose(0, 1).matmul(one_hot - share));
  const at::Tensor said =
      ((judge.stream - center).matmul(weights) + share).argmax(1);
  return MeanOf(said == judge.values);
}

/// What single directions do, between the mean of a value's examples and that
/// of the others.
Json Directions(const Half& fit, const Half& judge, std::int64_t values) {
  Series accuracy(1);
  std::vector<at::Tensor> directions;
  for (std::int64_t value = 0; value < values; ++value) {
    const at::Tensor is = fit.values == value;
    const at::Tensor judged = judge.values == value;
    const auto some = [](const at::Tensor& flags) {
      const double share = MeanOf(flags);
      return share > 0.0 && share < 1.0;
    };
    if (!some(is) || !some(judged)) continue;
    const at::Tensor mean = fit.stream.index({is}).mean(0);
    const at::Tensor rest = fit.stream.index({is.logical_not()}).mean(0);
    const at::Tensor direction = mean - rest;
    const at::Tensor middle = 0.5 * (mean + rest).dot(direction);
    const at::Tensor said = judge.stream.matmul(direction) > middle;
    accuracy.Add(
        0, 0.5 * (MeanOf(said.index({judged})) +
                  MeanOf(said.index({judged.logical_not()}).logical_not())));
    directions.push_back(direction / direction.norm().clamp_min(1e-300));
  }
  Json json = Json::object();
  if (directions.empty()) return json;
  json["direction"] = accuracy.mean(0);
  const at::Tensor all = at::stack(directions);
  const at::Tensor cosines = all.matmul(all.transpose(0, 1));
  Series overlap(1);
  for (std::int64_t i = 0; i < cosines.size(0); ++i) {
    for (std::int64_t j = 0; j < i; ++j) {
      const auto cosine = cosines[i][j].item<double>();
      overlap.Add(0, cosine * cosine);
    }
  }
  if (overlap.count(0) > 0) json["overlap"] = overlap.mean(0);
  return json;
}

class Disentanglement final : public Probe {
 public:
  explicit Disentanglement(const ProbeSubject& subject)
      : model_(subject.model),
        task_(subject.task),
        factors_(subject.group.data.task->Factors()),
        values_(factors_.size()) {}

  void Take(const ProbeBatch& batch) override;
  Json Result() const override;

 private:
  const Model& model_;
  const Task& task_;
  std::vector<TaskFactor> factors_;
  std::vector<std::vector<at::Tensor>> streams_;   // by layer, [d] each
  std::vector<std::vector<std::int64_t>> values_;  // by factor
};

void Disentanglement::Take(const ProbeBatch& batch) {
  const at::NoGradGuard no_grad;
  const auto seen = static_cast<std::int64_t>(values_.front().size());
  if (seen >= kDisentangledExamples) return;
  const auto layers =
      model_.PartOfLayers(batch.batch.inputs, LayerPart::kStream);
  streams_.resize(layers.size());
  std::vector<at::Tensor> on_cpu;
  for (const at::Tensor& layer : layers) {
    on_cpu.push_back(layer.to(at::kCPU, at::kDouble));
  }
  const auto last = LastCounted(batch.counts);
  for (std::size_t example = 0; example < last.size(); ++example) {
    if (last[example] < 0) continue;
    const auto i = static_cast<std::int64_t>(example);
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
      streams_[layer].push_back(on_cpu[layer][i][last[example]].clone());
    }
    const auto of_example = task_.FactorsOf(batch.first + i);
    for (std::size_t f = 0; f < factors_.size(); ++f) {
      values_[f].push_back(of_example[f]);
    }
  }
}

Json Disentanglement::Result() const {
  const at::NoGradGuard no_grad;
  const auto examples = static_cast<std::int64_t>(values_.front().size());
  Json json{{"examples", examples}, {"factors", Json::object()}};
  const std::int64_t half = examples / 2;
  if (half == 0) return json;
  std::vector<at::Tensor> streams;  // [examples, d], by layer
  streams.reserve(streams_.size());
  for (const auto& of_layer : streams_) streams.push_back(at::stack(of_layer));
  for (std::size_t f = 0; f < factors_.size(); ++f) {
    if (factors_[f].values > kMostValues) continue;
    const at::Tensor values = at::tensor(values_[f], at::kLong);
    Json layers = Json::array();
    for (const at::Tensor& stream : streams) {
      const auto part = [&](std::int64_t first, std::int64_t count) {
        return Half{.stream = stream.narrow(0, first, count),
                    .values = values.narrow(0, first, count)};
      };
      const Half fit = part(0, half);
      const Half judge = part(half, examples - half);
      Json layer = Directions(fit, judge, factors_[f].values);
      layer["linear"] = LinearAccuracy(fit, judge, factors_[f].values);
      layers.push_back(std::move(layer));
    }
    json["factors"][factors_[f].name] = {{"values", factors_[f].values},
                                         {"layers", std::move(layers)}};
  }
  return json;
}

}  // namespace

std::unique_ptr<Probe> MakeDisentanglement(const ProbeSubject& subject) {
  return std::make_unique<Disentanglement>(subject);
}

}  // namespace isoflop
