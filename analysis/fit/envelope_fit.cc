#include "analysis/fit/envelope_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "analysis/fit/budgets.h"
#include "analysis/fit/power_law_fit.h"

namespace isoflop {
namespace {

constexpr std::size_t kFewestRuns = 3;

/// The drawn run of lowest loss.
std::optional<std::size_t> Best(std::span<const Observation> observations,
                                std::span<const double> counts,
                                const std::vector<std::size_t>& runs) {
  std::optional<std::size_t> best;
  for (const std::size_t i : runs) {
    if (!counts.empty() && counts[i] == 0.0) continue;
    if (!best || observations[i].L < observations[*best].L) best = i;
  }
  return best;
}

}  // namespace

std::vector<std::size_t> LowerEnvelope(
    std::span<const Observation> observations, std::span<const double> counts) {
  BudgetGroups groups = GroupByBudget(observations);
  for (const std::size_t i : groups.left_out) {
    groups.budgets.push_back({observations[i].C, {i}});
  }
  std::ranges::stable_sort(groups.budgets, {}, &Budget::flops);
  std::vector<std::size_t> envelope;
  double lowest = std::numeric_limits<double>::infinity();
  for (const Budget& budget : groups.budgets) {
    const auto best = Best(observations, counts, budget.runs);
    if (!best || observations[*best].L >= lowest) continue;
    lowest = observations[*best].L;
    envelope.push_back(*best);
  }
  return envelope;
}

EnvelopeFit FitEnvelope(std::span<const Observation> observations,
                        std::span<const double> counts) {
  EnvelopeFit fit;
  fit.runs = LowerEnvelope(observations, counts);
  if (fit.runs.size() < kFewestRuns) {
    fit.reason = fmt::format(
        "{} runs on the lower envelope: at least {} are "
        "needed",
        fit.runs.size(), kFewestRuns);
    return fit;
  }
  std::vector<WeightedPoint> params;
  std::vector<WeightedPoint> tokens;
  params.reserve(fit.runs.size());
  tokens.reserve(fit.runs.size());
  for (const std::size_t i : fit.runs) {
    const Observation& o = observations[i];
    params.push_back({o.C, o.N, o.weight});
    tokens.push_back({o.C, o.D, o.weight});
  }
  const auto N = FitPowerLaw(params);
  const auto D = FitPowerLaw(tokens);
  if (!N || !D) {
    fit.reason = "the runs on the lower envelope have the same compute";
    return fit;
  }
  fit.status = FitStatus::kOk;
  fit.a.value = N->exponent;
  fit.b.value = D->exponent;
  fit.params_coefficient = N->coefficient;
  fit.tokens_coefficient = D->coefficient;
  return fit;
}

}  // namespace isoflop
