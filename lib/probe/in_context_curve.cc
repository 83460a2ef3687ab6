#include <ATen/ops/log_softmax.h>

#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lib/probe/probe.h"
#include "lib/probe/series.h"

namespace isoflop {
namespace {

/// One of the task's baselines, and what is known of it so far.
struct Rival {
  std::string name;
  std::unique_ptr<Baseline> baseline;
  Series loss;
  Series distance;
};

class InContextCurve final : public Probe {
 public:
  explicit InContextCurve(const ProbeSubject& subject);

  void Take(const ProbeBatch& batch) override;
  Json Result() const override;

 private:
  struct Prediction {
    std::span<const float> model;  // the vector, or ln p of every token
    std::span<const double> baseline;
    const ExampleSpans& example;
    std::size_t position = 0;
  };

  void Compare(const ExampleSpans& example, const at::Tensor& model);
  double Loss(const Prediction& of) const;
  double Distance(const Prediction& of) const;
  bool tokens() const { return task_.shape().d_out == 0; }
  bool Counts(const ExampleSpans& example, std::size_t position) const {
    return task_.shape().all_count() || example.counts[position] != 0;
  }
  std::size_t Nearest(std::size_t place) const;

  const Task& task_;
  std::size_t width_;  // of a prediction
  Series loss_;
  std::vector<Rival> rivals_;
  ExampleBuffer buffer_;
  std::vector<double> predictions_;  // of one baseline, [T, width]
};

InContextCurve::InContextCurve(const ProbeSubject& subject)
    : task_(subject.task),
      width_(static_cast<std::size_t>(subject.task.shape().d_out > 0
                                          ? subject.task.shape().d_out
                                          : subject.task.shape().vocab_size)),
      loss_(static_cast<std::size_t>(subject.task.context())),
      buffer_(subject.task.shape()),
      predictions_(loss_.size() * width_) {
  const auto names = subject.group.data.task->Baselines();
  for (std::size_t i = 0; i < names.size(); ++i) {
    rivals_.push_back({.name = std::string(names[i]),
                       .baseline = task_.MakeBaseline(i),
                       .loss = Series(loss_.size()),
                       .distance = Series(loss_.size())});
  }
}

void InContextCurve::Take(const ProbeBatch& batch) {
  // A model may know more tokens than the task has.
  const at::Tensor outputs =
      tokens() ? at::log_softmax(batch.outputs, -1)
                     .narrow(-1, 0, static_cast<std::int64_t>(width_))
                     .contiguous()
               : batch.outputs.contiguous();
  const auto losses = batch.losses.accessor<double, 2>();
  const ExampleSpans example = buffer_[0];
  for (std::int64_t i = 0; i < outputs.size(0); ++i) {
    task_.ReadEval(batch.first + i, example);
    for (std::size_t t = 0; t < loss_.size(); ++t) {
      if (!Counts(example, t)) continue;
      loss_.Add(t, losses[i][static_cast<std::int64_t>(t)]);
    }
    Compare(example, outputs[i]);
  }
}

/// `model` [T, width] is what the model predicts.
void InContextCurve::Compare(const ExampleSpans& example,
                             const at::Tensor& model) {
  const std::span<const float> rows(model.data_ptr<float>(),
                                    predictions_.size());
  for (Rival& rival : rivals_) {
    rival.baseline->Predict(example, predictions_);
    for (std::size_t t = 0; t < loss_.size(); ++t) {
      if (!Counts(example, t)) continue;
      const Prediction of{
          .model = rows.subspan(t * width_, width_),
          .baseline = std::span(predictions_).subspan(t * width_, width_),
          .example = example,
          .position = t};
      rival.loss.Add(t, Loss(of));
      rival.distance.Add(t, Distance(of));
    }
  }
}

/// Of the baseline.
double InContextCurve::Loss(const Prediction& of) const {
  if (tokens()) {
    const auto target =
        static_cast<std::size_t>(of.example.target_tokens[of.position]);
    return -std::log(of.baseline[target]);
  }
  double sum = 0.0;
  for (std::size_t i = 0; i < width_; ++i) {
    const double error =
        of.baseline[i] -
        static_cast<double>(
            of.example.target_vectors[of.position * width_ + i]);
    sum += error * error;
  }
  return sum;
}

double InContextCurve::Distance(const Prediction& of) const {
  double sum = 0.0;
  for (std::size_t i = 0; i < width_; ++i) {
    const auto model = static_cast<double>(of.model[i]);
    const double baseline = of.baseline[i];
    if (!tokens()) {
      sum += (model - baseline) * (model - baseline);
    } else if (baseline > 0.0) {
      sum += baseline * (std::log(baseline) - model);
    }
  }
  return sum;
}

std::size_t InContextCurve::Nearest(std::size_t place) const {
  std::size_t nearest = 0;
  for (std::size_t i = 1; i < rivals_.size(); ++i) {
    if (rivals_[i].distance.mean(place) <
        rivals_[nearest].distance.mean(place)) {
      nearest = i;
    }
  }
  return nearest;
}

Json InContextCurve::Result() const {
  const auto places = loss_.Places();
  Json baselines = Json::object();
  for (const Rival& rival : rivals_) {
    baselines[rival.name] = {
        {"loss", rival.loss.Means(places)},
        {"distance", rival.distance.Means(places)},
        {"distance_std_error", rival.distance.StdErrors(places)}};
  }
  Json nearest = Json::array();
  for (const std::size_t place : places) {
    nearest.push_back(rivals_[Nearest(place)].name);
  }
  return {{"positions", places},
          {"loss", loss_.Means(places)},
          {"std_error", loss_.StdErrors(places)},
          {"baselines", std::move(baselines)},
          {"nearest", std::move(nearest)}};
}

}  // namespace

std::unique_ptr<Probe> MakeInContextCurve(const ProbeSubject& subject) {
  return std::make_unique<InContextCurve>(subject);
}

}  // namespace isoflop
