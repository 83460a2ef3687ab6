#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

#include "lib/probe/last_counted.h"
#include "lib/probe/probe.h"
#include "lib/probe/series.h"

namespace isoflop {
namespace {

class GradientReach final : public Probe {
 public:
  explicit GradientReach(const ProbeSubject& subject)
      : model_(subject.model),
        norms_(static_cast<std::size_t>(subject.task.context())) {}

  void Take(const ProbeBatch& batch) override;

  Json Result() const override {
    const auto distances = norms_.Places();
    return {{"distance", distances},
            {"gradient_norm", norms_.Means(distances)},
            {"std_error", norms_.StdErrors(distances)}};
  }

 private:
  const Model& model_;
  Series norms_;  // by distance
};

void GradientReach::Take(const ProbeBatch& batch) {
  const at::Tensor embedded =
      model_.Embed(batch.batch.inputs).detach().set_requires_grad(true);
  const at::Tensor losses =
      model_.LossesOf(model_.OutputsOf(embedded), batch.batch);
  const auto last = LastCounted(batch.counts);
  at::Tensor chosen = at::zeros_like(batch.counts);
  auto choose = chosen.accessor<double, 2>();
  for (std::size_t i = 0; i < last.size(); ++i) {
    if (last[i] >= 0) choose[static_cast<std::int64_t>(i)][last[i]] = 1.0;
  }
  // Examples do not depend on one another: one sum gives all gradients. Not
  // backward(), which would add to the gradients of the weights.
  const auto gradients = torch::autograd::grad(
      {(losses * chosen.to(losses.options())).sum()}, {embedded});
  const at::Tensor all_norms =
      gradients[0].to(at::kDouble).norm(2, -1).to(at::kCPU);
  const auto norms = all_norms.accessor<double, 2>();
  for (std::size_t i = 0; i < last.size(); ++i) {
    for (std::int64_t t = last[i]; t >= 0; --t) {
      norms_.Add(static_cast<std::size_t>(last[i] - t),
                 norms[static_cast<std::int64_t>(i)][t]);
    }
  }
}

}  // namespace

std::unique_ptr<Probe> MakeGradientReach(const ProbeSubject& subject) {
  return std::make_unique<GradientReach>(subject);
}

}  // namespace isoflop
