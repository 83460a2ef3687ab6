#include "analysis/regress/run_block.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

double MeanLog(std::span<const LawRun> runs, double LawRun::*value) {
  double sum = 0.0;
  for (const LawRun& run : runs) sum += std::log(run.*value);
  return sum / static_cast<double>(runs.size());
}

}  // namespace

DataUnits UnitsOf(std::span<const LawRun> runs,
                  const std::vector<double LawRun::*>& inputs) {
  DataUnits units;
  units.log_y = MeanLog(runs, &LawRun::y);
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    units.log_input[k] = MeanLog(runs, inputs[k]);
  }
  return units;
}

BlockedRuns::BlockedRuns(std::span<const LawRun> runs,
                         const std::vector<double LawRun::*>& inputs,
                         const DataUnits& units)
    : units_(units) {
  assert(!runs.empty());
  assert(inputs.size() <= kMostInputs);
  runs_.reserve(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Run run;
    run.log_y = std::log(runs[i].y) - units_.log_y;
    run.y = std::exp(run.log_y);
    run.given_weight = runs[i].weight;
    run.variant = runs[i].variant;
    run.index = i;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      run.input[k] = std::log(runs[i].*inputs[k]) - units_.log_input[k];
    }
    runs_.push_back(run);
  }
  std::ranges::stable_sort(runs_, {}, &Run::variant);
  Fill({});
}

void BlockedRuns::SetWeightFactors(std::span<const double> factors) {
  assert(factors.size() == runs_.size());
  Fill(factors);
}

/// Blocks hold the runs that count; where few do not, as when one is left out,
/// they stay as they are, with a weight of 0.
void BlockedRuns::Fill(std::span<const double> factors) {
  const auto weight_of = [&](const Run& run) {
    return run.given_weight * (factors.empty() ? 1.0 : factors[run.index]);
  };
  const auto counted = std::ranges::count_if(
      runs_, [&](const Run& run) { return weight_of(run) != 0.0; });
  const bool whole = 8 * counted > 7 * std::ssize(runs_);
  if (whole && whole_) {
    for (const Run& run : runs_) {
      blocks_[run.block].weight[run.lane] = weight_of(run);
    }
    return;
  }
  whole_ = whole;
  blocks_.clear();
  int lane = kLanes;  // the next of the last block
  for (Run& run : runs_) {
    if (!whole && weight_of(run) == 0.0) continue;
    if (lane == kLanes || blocks_.back().variant != run.variant) {
      blocks_.emplace_back().variant = run.variant;
      lane = 0;
    }
    RunBlock& block = blocks_.back();
    for (int i = lane; i < kLanes; ++i) {
      for (int k = 0; k < kMostInputs; ++k) block.input[k][i] = run.input[k];
      block.y[i] = run.y;
      block.log_y[i] = run.log_y;
      block.weight[i] = 0.0;
    }
    run.block = blocks_.size() - 1;
    run.lane = lane;
    block.weight[lane++] = weight_of(run);
  }
}

double BlockedRuns::WeightSum() const {
  double sum = 0.0;
  for (const RunBlock& block : blocks_) sum += Sum(block.weight);
  return sum;
}

}  // namespace isoflop
