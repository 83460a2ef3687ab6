#include <ATen/core/grad_mode.h>

#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "lib/probe/probe.h"
#include "lib/probe/series.h"

namespace isoflop {
namespace {

/// The means of one head.
enum Look : std::size_t { kEntropy, kPrevious, kSame, kInduction, kLooks };

class Attention final : public Probe {
 public:
  explicit Attention(const ProbeSubject& subject)
      : model_(subject.model), tokens_(subject.task.shape().d_in == 0) {}

  void Take(const ProbeBatch& batch) override;
  Json Result() const override;

 private:
  using Weights = at::TensorAccessor<double, 1>;  // of one position
  using Tokens = at::TensorAccessor<std::int64_t, 1>;

  static void AddPosition(Weights weights, std::int64_t t, Series* head);
  static void AddTokens(Weights weights, Tokens tokens, std::int64_t t,
                        Series* head);

  const Model& model_;
  bool tokens_;
  std::int64_t weights_seen_ = 0;
  std::vector<std::vector<Series>> layers_;  // by layer and head
};

void Attention::Take(const ProbeBatch& batch) {
  // A quarter of a billion weights are enough for means, and take seconds.
  constexpr std::int64_t kMostWeights = std::int64_t{1} << 28;
  if (weights_seen_ >= kMostWeights) return;
  const at::NoGradGuard no_grad;
  const auto layers =
      model_.PartOfLayers(batch.batch.inputs, LayerPart::kAttention);
  layers_.resize(layers.size());
  const at::Tensor inputs = batch.batch.inputs.to(at::kCPU);
  const auto counts = batch.counts.accessor<double, 2>();
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    const at::Tensor on_cpu = layers[layer].to(at::kCPU, at::kDouble);
    const auto weights = on_cpu.accessor<double, 4>();
    weights_seen_ += on_cpu.numel();
    layers_[layer].resize(static_cast<std::size_t>(weights.size(1)),
                          Series(kLooks));
    for (std::int64_t i = 0; i < counts.size(0); ++i) {
      for (std::int64_t t = 0; t < counts.size(1); ++t) {
        if (counts[i][t] == 0.0) continue;
        for (std::int64_t head = 0; head < weights.size(1); ++head) {
          Series& sums = layers_[layer][static_cast<std::size_t>(head)];
          AddPosition(weights[i][head][t], t, &sums);
          if (!tokens_) continue;
          AddTokens(weights[i][head][t], inputs.accessor<std::int64_t, 2>()[i],
                    t, &sums);
        }
      }
    }
  }
}

void Attention::AddPosition(Weights weights, std::int64_t t, Series* head) {
  double entropy = 0.0;
  for (std::int64_t s = 0; s < weights.size(0); ++s) {
    if (weights[s] > 0.0) entropy -= weights[s] * std::log(weights[s]);
  }
  head->Add(kEntropy, entropy);
  if (t > 0) head->Add(kPrevious, weights[t - 1]);
}

/// Of the places before t that have the token of t.
void Attention::AddTokens(Weights weights, Tokens tokens, std::int64_t t,
                          Series* head) {
  double same = 0.0;
  double after = 0.0;
  bool any = false;
  for (std::int64_t s = 0; s < t; ++s) {
    if (tokens[s] != tokens[t]) continue;
    any = true;
    same += weights[s];
    after += weights[s + 1];
  }
  if (!any) return;
  head->Add(kSame, same);
  head->Add(kInduction, after);
}

Json Attention::Result() const {
  constexpr std::array<const char*, kLooks> kNames = {"entropy", "previous",
                                                      "same", "induction"};
  Json layers = Json::array();
  for (const auto& layer : layers_) {
    Json heads = Json::array();
    for (const Series& head : layer) {
      Json json = Json::object();
      for (const std::size_t look : head.Places()) {
        json[kNames[look]] = head.mean(look);
      }
      heads.push_back(std::move(json));
    }
    layers.push_back({{"heads", std::move(heads)}});
  }
  return {{"layers", std::move(layers)}};
}

}  // namespace

std::unique_ptr<Probe> MakeAttention(const ProbeSubject& subject) {
  return std::make_unique<Attention>(subject);
}

}  // namespace isoflop
