#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/sin.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "lib/core/clock.h"
#include "lib/probe/probe.h"
#include "lib/sweep/group_memory.h"

namespace isoflop {
namespace {

/// The shortest of several calls of `work`, in seconds: the one that nothing
/// else disturbed. After a first one, which allocates.
double ShortestSeconds(const std::function<void()>& work) {
  constexpr int kCalls = 7;
  work();
  double shortest = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kCalls; ++i) {
    const double start = MonotonicSeconds();
    work();
    shortest = std::min(shortest, MonotonicSeconds() - start);
  }
  return shortest;
}

/// A window whose content is of no importance.
Batch AnyWindow(const ModelShape& shape, at::Device device) {
  const std::int64_t t = shape.context;
  const auto vectors = [&](std::int64_t width) {
    return at::sin(at::arange(t * width, at::kFloat))
        .view({1, t, width})
        .to(device);
  };
  const auto tokens = [&] {
    return at::arange(t, at::kLong)
        .remainder(shape.vocab_size)
        .view({1, t})
        .to(device);
  };
  return {.inputs = shape.d_in > 0 ? vectors(shape.d_in) : tokens(),
          .targets = shape.d_out > 0 ? vectors(shape.d_out) : tokens()};
}

/// Measures when it is asked: models of other contexts, with weights of their
/// own, which cost the same.
class SecondsPerToken final : public Probe {
 public:
  explicit SecondsPerToken(const ProbeSubject& subject)
      : group_(subject.group),
        device_(subject.model.parameters().values().device()) {}

  void Take(const ProbeBatch& /*batch*/) override {}

  Json Result() const override {
    std::vector<std::int64_t> lengths;
    std::vector<double> forward;
    std::vector<double> training;
    for (std::int64_t length = 16; length <= kLongestTimedWindow; length *= 2) {
      ModelShape shape = group_.shape;
      shape.context = length;
      Model model(shape,
                  {.device = device_, .precision = group_.training.precision});
      model.parameters().Initialize(0);
      model.WeightsChanged();
      const Batch window = AnyWindow(shape, device_);
      const auto tokens = static_cast<double>(length);
      lengths.push_back(length);
      // A number that is read back ends what a GPU is doing.
      forward.push_back(
          ShortestSeconds([&] { model.Losses(window).sum().item<double>(); }) /
          tokens);
      training.push_back(ShortestSeconds([&] {
                           const at::AutoGradMode with_gradient(true);
                           model.AddGradient(window, 1.0);
                           model.parameters().gradients().sum().item<double>();
                         }) /
                         tokens);
    }
    return {{"lengths", lengths}, {"forward", forward}, {"training", training}};
  }

 private:
  const RunGroup& group_;
  at::Device device_;
};

}  // namespace

std::unique_ptr<Probe> MakeSecondsPerToken(const ProbeSubject& subject) {
  return std::make_unique<SecondsPerToken>(subject);
}

}  // namespace isoflop
