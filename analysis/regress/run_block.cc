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
  std::vector<Run> ordered;
  ordered.reserve(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Run& run = ordered.emplace_back();
    run.log_y = std::log(runs[i].y) - units_.log_y;
    run.y = std::exp(run.log_y);
    run.given_weight = runs[i].weight;
    run.variant = runs[i].variant;
    run.index = i;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      run.input[k] = std::log(runs[i].*inputs[k]) - units_.log_input[k];
    }
  }
  if (!std::ranges::is_sorted(ordered, {}, &Run::variant)) {
    std::ranges::stable_sort(ordered, {}, &Run::variant);
  }
  runs_ = std::make_shared<const std::vector<Run>>(std::move(ordered));
  Fill({});
}

void BlockedRuns::SetWeightFactors(std::span<const double> factors) {
  assert(factors.size() == runs_->size());
  Fill(factors);
}

/// Blocks hold the runs that count; where few do not, as when one is left out,
/// they stay as they are, with a weight of 0.
void BlockedRuns::Fill(std::span<const double> factors) {
  const auto weight_of = [&](const Run& run) {
    return run.given_weight * (factors.empty() ? 1.0 : factors[run.index]);
  };
  const auto counted = std::ranges::count_if(
      *runs_, [&](const Run& run) { return weight_of(run) != 0.0; });
  const bool whole = 8 * counted > 7 * std::ssize(*runs_);
  const bool is_filled = whole && whole_;
  whole_ = whole;
  if (!is_filled) {
    blocks_.clear();
    blocks_.reserve(runs_->size() / kLanes + 1);
  }
  int lane = kLanes;  // the next of the block
  int variant = -1;
  std::size_t blocks = 0;
  for (const Run& run : *runs_) {
    const double weight = weight_of(run);
    if (!whole && weight == 0.0) continue;
    if (lane == kLanes || run.variant != variant) {
      variant = run.variant;
      lane = 0;
      ++blocks;
      if (!is_filled) blocks_.emplace_back().variant = variant;
    }
    RunBlock& block = blocks_[blocks - 1];
    for (int i = lane; i < kLanes && !is_filled; ++i) {
      for (int k = 0; k < kMostInputs; ++k) block.input[k][i] = run.input[k];
      block.y[i] = run.y;
      block.log_y[i] = run.log_y;
      block.weight[i] = 0.0;
    }
    block.weight[lane++] = weight;
  }
}

std::vector<std::span<const RunBlock>> BlockedRuns::ByVariant() const {
  std::vector<std::span<const RunBlock>> variants;
  for (auto first = blocks_.begin(); first != blocks_.end();) {
    const auto last = std::ranges::upper_bound(
        first, blocks_.end(), first->variant, {}, &RunBlock::variant);
    variants.emplace_back(first, last);
    first = last;
  }
  return variants;
}

double BlockedRuns::WeightSum() const {
  double sum = 0.0;
  for (const RunBlock& block : blocks_) sum += Sum(block.weight);
  return sum;
}

}  // namespace isoflop
