#include "lib/execute/cost_model.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "lib/execute/shared_device.h"
#include "lib/sweep/group_cost.h"

namespace isoflop {
namespace {

// Operations of a step, forward, backward and update, by which the rates of a
// two-layer prototype at widths 16 to 96 come out right (docs/recipe.md).
constexpr double kOperationsOutsideLayers = 200.0;
constexpr double kOperationsPerLayer = 200.0;

// Elementwise work and small matrices keep a step this far from the peak.
constexpr double kShareOfPeak = 0.6;

/// Tokens whose training takes as long as the whole group: evaluations have the
/// forward pass only, a third of the FLOPs.
std::int64_t EquivalentTokens(const RunGroup& group) {
  const auto runs = static_cast<std::int64_t>(group.runs.size());
  return TokensTrained(group) + runs * group.data.eval_tokens / 3;
}

}  // namespace

CostModel::CostModel(const ProbeReport& probe) {
  const auto known_or = [](double measured, double fallback) {
    return measured > 0.0 ? measured : fallback;
  };
  Rates cpu;
  cpu.measured = probe.fp32_flops_per_second > 0.0;
  cpu.operation_seconds =
      known_or(probe.operation_seconds, cpu.operation_seconds);
  cpu.fp32_flops_per_second =
      known_or(probe.fp32_flops_per_second, cpu.fp32_flops_per_second);
  cpu.bf16_flops_per_second =
      known_or(probe.bf16_flops_per_second, cpu.fp32_flops_per_second);
  devices_["cpu"].rates = cpu;
  for (const ProbeReport::Device& device : probe.cuda) {
    Rates rates = cpu;
    rates.measured = device.bf16_flops_per_second.has_value();
    rates.fp32_flops_per_second =
        device.fp32_flops_per_second.value_or(rates.fp32_flops_per_second);
    rates.bf16_flops_per_second =
        device.bf16_flops_per_second.value_or(rates.bf16_flops_per_second);
    devices_[device.name].rates = rates;
  }
}

CostModel::ShapeKey CostModel::KeyOf(const RunGroup& group) {
  return {group.shape.d_model,
          group.shape.layers,
          group.shape.heads,
          group.shape.d_ff,
          group.shape.context,
          group.shape.vocab_size,
          group.training.batch_tokens,
          static_cast<std::int64_t>(group.training.precision)};
}

void CostModel::Ratios::Set(const ShapeKey& shape, double ratio) {
  of_shapes_[shape] = ratio;
  double sum_of_logs = 0.0;
  for (const auto& [key, known] : of_shapes_) sum_of_logs += std::log(known);
  mean_ = std::exp(sum_of_logs / static_cast<double>(of_shapes_.size()));
}

double CostModel::Ratios::Of(const ShapeKey& shape) const {
  const auto found = of_shapes_.find(shape);
  return found == of_shapes_.end() ? mean_ : found->second;
}

const CostModel::Device& CostModel::Known(const std::string& device) const {
  static const Device kUnknown{};
  const auto found = devices_.find(device);
  return found == devices_.end() ? kUnknown : found->second;
}

double CostModel::Arithmetic(const Rates& rates, const RunGroup& group,
                             double tokens) {
  const double flops_per_second = group.training.precision == Precision::kBf16
                                      ? rates.bf16_flops_per_second
                                      : rates.fp32_flops_per_second;
  return tokens * TrainingFlopsPerToken(group.shape) /
         (kShareOfPeak * flops_per_second);
}

double CostModel::Predict(const Rates& rates, const RunGroup& group,
                          double tokens) {
  const double steps =
      tokens / static_cast<double>(group.training.batch_tokens);
  const double operations =
      kOperationsOutsideLayers +
      kOperationsPerLayer * static_cast<double>(group.shape.layers);
  return steps * operations * rates.operation_seconds +
         Arithmetic(rates, group, tokens);
}

bool CostModel::Measured(const std::string& device) const {
  return Known(device).rates.measured || Observed(device);
}

bool CostModel::Observed(const std::string& device) const {
  return !Known(device).measured.empty();
}

double CostModel::Seconds(const RunGroup& group, const std::string& device,
                          std::int64_t tokens) const {
  const Device& known = Known(device);
  return Predict(known.rates, group, static_cast<double>(tokens)) *
         known.measured.Of(KeyOf(group));
}

double CostModel::ArithmeticSeconds(const RunGroup& group,
                                    const std::string& device,
                                    std::int64_t tokens) const {
  return Arithmetic(Known(device).rates, group, static_cast<double>(tokens));
}

double CostModel::BusyShare(const RunGroup& group,
                            const std::string& device) const {
  const Device& known = Known(device);
  const double alone =
      Predict(known.rates, group, 1.0) * known.alone.Of(KeyOf(group));
  return std::min(1.0, Arithmetic(known.rates, group, 1.0) / alone);
}

void CostModel::Observe(const RunGroup& group, const std::string& device,
                        double tokens_per_second, bool alone) {
  Device& known = devices_[device];
  const ShapeKey shape = KeyOf(group);
  const double ratio =
      1.0 / (tokens_per_second * Predict(known.rates, group, 1.0));
  known.measured.Set(shape, ratio);
  known.alone.Set(shape,
                  alone ? ratio : std::min(ratio, known.alone.Of(shape)));
}

std::optional<double> EstimateWallSeconds(const std::vector<RunGroup>& groups,
                                          const std::vector<Slot>& slots,
                                          const CostModel& cost) {
  const bool measured = std::ranges::all_of(
      slots, [&](const Slot& slot) { return cost.Measured(slot.device); });
  if (!measured) return std::nullopt;
  // Each group goes to the worker that is free first; which devices differ in
  // speed matters little then, so the first slot's stands for all.
  double longest = 0.0;  // no group can be split
  std::vector<double> seconds;
  seconds.reserve(groups.size());
  for (const RunGroup& group : groups) {
    const double length =
        cost.Seconds(group, slots.front().device, EquivalentTokens(group));
    longest = std::max(longest, length);
    seconds.push_back(length * ShareOfWorker(group, slots, cost));
  }
  std::ranges::sort(seconds, std::greater<>());
  // A heap, earliest on top.
  std::vector<double> free_at(CountWorkers(slots), 0.0);
  for (const double length : seconds) {
    std::ranges::pop_heap(free_at, std::greater<>());
    free_at.back() += length;
    std::ranges::push_heap(free_at, std::greater<>());
  }
  return std::max(longest, std::ranges::max(free_at));
}

}  // namespace isoflop
