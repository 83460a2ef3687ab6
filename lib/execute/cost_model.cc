#include "lib/execute/cost_model.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

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

double CostModel::Predict(const Rates& rates, const RunGroup& group,
                          double tokens) {
  const double steps =
      tokens / static_cast<double>(group.training.batch_tokens);
  const double operations =
      kOperationsOutsideLayers +
      kOperationsPerLayer * static_cast<double>(group.shape.layers);
  const double flops_per_second = group.training.precision == Precision::kBf16
                                      ? rates.bf16_flops_per_second
                                      : rates.fp32_flops_per_second;
  return steps * operations * rates.operation_seconds +
         tokens * TrainingFlopsPerToken(group.shape) /
             (kShareOfPeak * flops_per_second);
}

bool CostModel::Measured(const std::string& device) const {
  const auto found = devices_.find(device);
  return found != devices_.end() &&
         (found->second.rates.measured || !found->second.ratios.empty());
}

double CostModel::Seconds(const RunGroup& group, const std::string& device,
                          std::int64_t tokens) const {
  const auto found = devices_.find(device);
  const auto count = static_cast<double>(tokens);
  if (found == devices_.end()) return Predict(Rates{}, group, count);
  const Device& known = found->second;
  const auto ratio = known.ratios.find(KeyOf(group));
  return Predict(known.rates, group, count) *
         (ratio == known.ratios.end() ? known.mean_ratio : ratio->second);
}

void CostModel::Observe(const RunGroup& group, const std::string& device,
                        double tokens_per_second) {
  Device& known = devices_[device];
  known.ratios[KeyOf(group)] =
      1.0 / (tokens_per_second * Predict(known.rates, group, 1.0));
  double sum_of_logs = 0.0;
  for (const auto& [key, ratio] : known.ratios) sum_of_logs += std::log(ratio);
  known.mean_ratio =
      std::exp(sum_of_logs / static_cast<double>(known.ratios.size()));
}

std::optional<double> EstimateWallSeconds(const std::vector<RunGroup>& groups,
                                          const std::vector<Slot>& slots,
                                          const CostModel& cost) {
  const bool measured = std::ranges::all_of(
      slots, [&](const Slot& slot) { return cost.Measured(slot.device); });
  if (!measured) return std::nullopt;
  // Each group goes to the slot that is free first; which devices differ in
  // speed matters little then, so the first slot's stands for all.
  std::vector<double> seconds;
  seconds.reserve(groups.size());
  for (const RunGroup& group : groups) {
    seconds.push_back(
        cost.Seconds(group, slots.front().device, EquivalentTokens(group)));
  }
  std::ranges::sort(seconds, std::greater<>());
  std::vector<double> free_at(slots.size(), 0.0);  // a heap, earliest on top
  for (const double length : seconds) {
    std::ranges::pop_heap(free_at, std::greater<>());
    free_at.back() += length;
    std::ranges::push_heap(free_at, std::greater<>());
  }
  return std::ranges::max(free_at);
}

}  // namespace isoflop
