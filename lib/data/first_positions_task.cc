#include "lib/data/first_positions_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "lib/core/hash.h"

namespace isoflop {
namespace {

class FirstPositionsTask final : public Task {
 public:
  FirstPositionsTask(std::unique_ptr<Task> task, std::int64_t positions)
      : task_(std::move(task)), positions_(positions) {
    info_ = task_->info();
    info_.fingerprint =
        Sha256Hex(fmt::format("isoflop first positions 1: {} of {}", positions,
                              task_->info().fingerprint));
    info_.description +=
        fmt::format(", the first {} positions of {} in training", positions,
                    task_->context());
    shape_ = task_->shape();
    shape_.counted = positions;
    eval_examples_ = task_->eval_examples();
  }

  std::optional<std::int64_t> train_examples() const override {
    return task_->train_examples();
  }

  void ReadTrain(std::int64_t seed, std::int64_t index,
                 const ExampleSpans& example) const override {
    task_->ReadTrain(seed, index, example);
    const auto first = example.counts.begin() + positions_;
    std::fill(example.counts.begin(), first, std::uint8_t{1});
    std::fill(first, example.counts.end(), std::uint8_t{0});
  }

  void ReadEval(std::int64_t index,
                const ExampleSpans& example) const override {
    task_->ReadEval(index, example);
    std::ranges::fill(example.counts, std::uint8_t{1});
  }

  std::size_t PartOf(std::int64_t index) const override {
    return task_->PartOf(index);
  }
  std::vector<std::int64_t> FactorsOf(std::int64_t index) const override {
    return task_->FactorsOf(index);
  }
  std::optional<double> RiskOfLinear(
      std::span<const float> weights) const override {
    return task_->RiskOfLinear(weights);
  }
  std::unique_ptr<Baseline> MakeBaseline(std::size_t number) const override {
    return task_->MakeBaseline(number);
  }
  void RequireUnchanged() const override { task_->RequireUnchanged(); }
  std::optional<Overlap> FindEvalOverlap() const override {
    return task_->FindEvalOverlap();
  }

 private:
  std::unique_ptr<Task> task_;
  std::int64_t positions_;
};

}  // namespace

std::unique_ptr<Task> TrainOnFirst(std::unique_ptr<Task> task,
                                   std::int64_t positions) {
  return std::make_unique<FirstPositionsTask>(std::move(task), positions);
}

}  // namespace isoflop
