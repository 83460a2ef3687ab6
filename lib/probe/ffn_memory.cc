#include <ATen/core/grad_mode.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/max.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "lib/probe/probe.h"
#include "lib/probe/series.h"

namespace isoflop {
namespace {

/// Where a key is activated most.
struct Trigger {
  double activation = 0.0;                // at 0 it never was
  std::vector<std::int64_t> prefix = {};  // the last tokens up to there
  std::int64_t next = 0;                  // the token to predict
};

class FfnMemory final : public Probe {
 public:
  explicit FfnMemory(const ProbeSubject& subject)
      : model_(subject.model),
        frequency_(static_cast<std::size_t>(subject.group.shape.vocab_size)) {}

  void Take(const ProbeBatch& batch) override;
  Json Result() const override;

 private:
  void TakeLayer(const at::Tensor& activation, const at::Tensor& inputs,
                 const at::Tensor& targets, std::vector<Trigger>* triggers);
  std::vector<std::int64_t> TopTokens(std::int64_t layer) const;
  Json OfLayer(std::int64_t layer) const;

  const Model& model_;
  std::vector<double> frequency_;  // how often each token is to be predicted
  std::vector<std::vector<Trigger>> layers_;  // by layer and key
};

void FfnMemory::Take(const ProbeBatch& batch) {
  const at::NoGradGuard no_grad;
  const at::Tensor inputs = batch.batch.inputs.to(at::kCPU);
  const at::Tensor targets = batch.batch.targets.to(at::kCPU);
  const auto next = targets.accessor<std::int64_t, 2>();
  const auto counts = batch.counts.accessor<double, 2>();
  for (std::int64_t i = 0; i < counts.size(0); ++i) {
    for (std::int64_t t = 0; t < counts.size(1); ++t) {
      frequency_[static_cast<std::size_t>(next[i][t])] += counts[i][t];
    }
  }
  const auto activations =
      model_.PartOfLayers(batch.batch.inputs, LayerPart::kActivation);
  layers_.resize(activations.size());
  for (std::size_t i = 0; i < activations.size(); ++i) {
    const at::Tensor activation = activations[i].to(at::kCPU, at::kFloat);
    TakeLayer(activation.masked_fill((batch.counts == 0.0).unsqueeze(-1),
                                     -std::numeric_limits<double>::infinity()),
              inputs, targets, &layers_[i]);
  }
}

/// activation [B, T, d_ff], inputs and targets [B, T].
void FfnMemory::TakeLayer(const at::Tensor& activation,
                          const at::Tensor& inputs, const at::Tensor& targets,
                          std::vector<Trigger>* triggers) {
  constexpr std::int64_t kPrefix = 8;
  const std::int64_t context = activation.size(1);
  const auto [most, places] = at::max(activation.flatten(0, 1), 0);
  const auto value = most.accessor<float, 1>();
  const auto place = places.accessor<std::int64_t, 1>();
  const auto tokens = inputs.accessor<std::int64_t, 2>();
  const auto next = targets.accessor<std::int64_t, 2>();
  triggers->resize(static_cast<std::size_t>(activation.size(2)));
  for (std::size_t key = 0; key < triggers->size(); ++key) {
    const auto at = static_cast<std::int64_t>(key);
    Trigger& trigger = (*triggers)[key];
    // So that what is no number is passed over, too.
    if (!(static_cast<double>(value[at]) > trigger.activation)) continue;
    const std::int64_t example = place[at] / context;
    const std::int64_t t = place[at] % context;
    trigger = {.activation = static_cast<double>(value[at]),
               .next = next[example][t]};
    for (std::int64_t s = std::max<std::int64_t>(0, t - kPrefix + 1); s <= t;
         ++s) {
      trigger.prefix.push_back(tokens[example][s]);
    }
  }
}

/// The token that each value makes most probable, as the head reads it.
std::vector<std::int64_t> FfnMemory::TopTokens(std::int64_t layer) const {
  const Parameters& parameters = model_.parameters();
  const char* head = HasTiedHead(model_.shape()) ? "embedding" : "head";
  at::Tensor values = parameters.Find(InLayer(layer, "proj"));  // [d, d_ff]
  // A layer norm takes away the mean of the stream.
  if (parameters.Find("final_norm.bias").defined()) {
    values = values - values.mean(0, true);
  }
  const at::Tensor gain = parameters.Find("final_norm.gain");
  if (gain.defined()) values = values * gain.unsqueeze(1);
  const at::Tensor top =
      parameters.Find(head).matmul(values).argmax(0).to(at::kCPU);
  const auto* first = top.data_ptr<std::int64_t>();
  return {first, first + top.numel()};
}

Json FfnMemory::OfLayer(std::int64_t layer) const {
  constexpr std::size_t kStrongest = 8;
  const auto& triggers = layers_[static_cast<std::size_t>(layer)];
  const auto top = TopTokens(layer);
  const double predictions =
      std::accumulate(frequency_.begin(), frequency_.end(), 0.0);
  Series agreement(1);
  double chance = 0.0;
  std::vector<std::size_t> order;
  for (std::size_t key = 0; key < triggers.size(); ++key) {
    if (triggers[key].activation == 0.0) continue;
    order.push_back(key);
    agreement.Add(0, top[key] == triggers[key].next ? 1.0 : 0.0);
    chance += frequency_[static_cast<std::size_t>(top[key])] / predictions;
  }
  const std::size_t shown = std::min(kStrongest, order.size());
  std::ranges::partial_sort(
      order, order.begin() + static_cast<std::ptrdiff_t>(shown),
      [&](std::size_t a, std::size_t b) {
        return triggers[a].activation > triggers[b].activation;
      });
  Json strongest = Json::array();
  for (const std::size_t key : std::span(order).first(shown)) {
    strongest.push_back({{"key", key},
                         {"activation", triggers[key].activation},
                         {"prefix", triggers[key].prefix},
                         {"next", triggers[key].next},
                         {"top", top[key]}});
  }
  Json json{{"keys", order.size()},
            {"never_active", triggers.size() - order.size()},
            {"strongest", std::move(strongest)}};
  if (!order.empty()) {
    json["agreement"] = MeanAndError(agreement, 0);
    json["chance"] = chance / static_cast<double>(order.size());
  }
  return json;
}

Json FfnMemory::Result() const {
  const at::NoGradGuard no_grad;
  Json layers = Json::array();
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    layers.push_back(OfLayer(static_cast<std::int64_t>(i)));
  }
  return {{"layers", std::move(layers)}};
}

}  // namespace

std::unique_ptr<Probe> MakeFfnMemory(const ProbeSubject& subject) {
  return std::make_unique<FfnMemory>(subject);
}

}  // namespace isoflop
