#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_eigvalsh.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/probe/probe.h"
#include "lib/sweep/group_memory.h"

namespace isoflop {
namespace {

constexpr std::int64_t kMostEigenvalues = 16;

class EffectiveDimension final : public Probe {
 public:
  explicit EffectiveDimension(const ProbeSubject& subject);

  void Take(const ProbeBatch& batch) override;
  Json Result() const override;

 private:
  Model model_;  // a copy in fp32: gradients of training are left alone
  std::int64_t params_;
  std::int64_t taken_ = 0;
  at::Tensor gradients_;  // [examples, N], on the CPU
};

EffectiveDimension::EffectiveDimension(const ProbeSubject& subject)
    : model_(subject.group.shape,
             {.device = subject.model.parameters().values().device()}),
      params_(subject.group.params.total),
      gradients_(
          at::empty({GradientExamples(params_), model_.parameters().size()},
                    at::kFloat)) {
  const at::NoGradGuard no_grad;
  model_.parameters().values().copy_(subject.model.parameters().values());
  model_.WeightsChanged();
}

void EffectiveDimension::Take(const ProbeBatch& batch) {
  const at::AutoGradMode with_gradient(true);
  const auto one = [](const at::Tensor& all, std::int64_t i) {
    return all.defined() ? all.narrow(0, i, 1) : all;
  };
  const at::Tensor counted = batch.counts.sum(1);
  for (std::int64_t i = 0;
       i < batch.counts.size(0) && taken_ < gradients_.size(0); ++i) {
    if (counted[i].item<double>() == 0.0) continue;
    model_.parameters().gradients().zero_();
    model_.AddGradient({.inputs = one(batch.batch.inputs, i),
                        .targets = one(batch.batch.targets, i),
                        .counts = one(batch.batch.counts, i)},
                       1.0);
    const at::NoGradGuard no_grad;
    gradients_[taken_++].copy_(model_.parameters().gradients());
  }
}

Json EffectiveDimension::Result() const {
  const at::NoGradGuard no_grad;
  const at::Tensor taken = gradients_.narrow(0, 0, taken_);
  // [n, n]; sums of N products in fp32 are good to six digits and more.
  const at::Tensor products =
      taken.matmul(taken.transpose(0, 1)).to(at::kDouble);
  const at::Tensor squares = products.diagonal();
  Json json{{"examples", taken_}};
  // Sums over pairs of different examples.
  const double traces =
      squares.sum().item<double>() * squares.sum().item<double>() -
      (squares * squares).sum().item<double>();
  const double overlaps = (products * products).sum().item<double>() -
                          (squares * squares).sum().item<double>();
  if (overlaps > 0.0) {
    json["participation"] = traces / overlaps;
    json["per_parameter"] = traces / overlaps / static_cast<double>(params_);
  }
  const double trace = squares.sum().item<double>();
  if (trace > 0.0) {
    const at::Tensor eigenvalues = at::linalg_eigvalsh(products) / trace;
    std::vector<double> largest;
    for (std::int64_t i = 0; i < std::min(taken_, kMostEigenvalues); ++i) {
      largest.push_back(eigenvalues[taken_ - 1 - i].item<double>());
    }
    json["spectrum"] = largest;
  }
  return json;
}

}  // namespace

std::unique_ptr<Probe> MakeEffectiveDimension(const ProbeSubject& subject) {
  return std::make_unique<EffectiveDimension>(subject);
}

}  // namespace isoflop
