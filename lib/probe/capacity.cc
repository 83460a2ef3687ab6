#include <cmath>
#include <numbers>

#include "lib/probe/probe.h"
#include "lib/probe/series.h"

namespace isoflop {
namespace {

class Capacity final : public Probe {
 public:
  explicit Capacity(const ProbeSubject& subject)
      : strings_(*subject.group.data.task->ToMemorise()),
        params_(static_cast<double>(subject.group.params.total)) {}

  void Take(const ProbeBatch& batch) override {
    const at::Tensor means = batch.losses.sum(1) / batch.counts.sum(1);
    const auto loss = means.accessor<double, 1>();
    for (std::int64_t i = 0; i < loss.size(0); ++i) losses_.Add(0, loss[i]);
  }

  Json Result() const override {
    const double tokens = static_cast<double>(strings_.count) *
                          static_cast<double>(strings_.length);
    const double bits_per_nat = tokens / std::numbers::ln2;
    const double guess = std::log(static_cast<double>(strings_.choices));
    const double bits = bits_per_nat * (guess - losses_.mean(0));
    return {{"bits", bits},
            {"std_error", bits_per_nat * losses_.std_error(0)},
            {"bits_per_parameter", bits / params_},
            {"available", bits_per_nat * (guess - strings_.nats_per_token)}};
  }

 private:
  RandomStrings strings_;
  double params_;
  Series losses_{1};  // of examples, per token
};

}  // namespace

std::unique_ptr<Probe> MakeCapacity(const ProbeSubject& subject) {
  return std::make_unique<Capacity>(subject);
}

}  // namespace isoflop
