#include "lib/probe/probe.h"
#include "lib/probe/series.h"

namespace isoflop {
namespace {

class LossByPosition final : public Probe {
 public:
  explicit LossByPosition(std::int64_t positions)
      : losses_(static_cast<std::size_t>(positions)) {}

  void Take(const ProbeBatch& batch) override {
    const auto losses = batch.losses.accessor<double, 2>();
    const auto counts = batch.counts.accessor<double, 2>();
    for (std::int64_t i = 0; i < losses.size(0); ++i) {
      for (std::int64_t t = 0; t < losses.size(1); ++t) {
        if (counts[i][t] == 0.0) continue;
        losses_.Add(static_cast<std::size_t>(t), losses[i][t]);
      }
    }
  }

  Json Result() const override {
    const auto places = losses_.Places();
    return {{"positions", places},
            {"loss", losses_.Means(places)},
            {"std_error", losses_.StdErrors(places)}};
  }

 private:
  Series losses_;
};

}  // namespace

std::unique_ptr<Probe> MakeLossByPosition(const ProbeSubject& subject) {
  return std::make_unique<LossByPosition>(subject.task.context());
}

}  // namespace isoflop
