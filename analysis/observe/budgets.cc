#include "analysis/observe/budgets.h"

#include <algorithm>
#include <cmath>

namespace isoflop {
namespace {

double Compute(const Observation& o) { return o.budget_flops.value_or(o.C); }

/// Whether `next`, which has at least as much compute, belongs with `last`.
bool Together(const Observation& last, const Observation& next) {
  if (last.budget_flops.has_value() != next.budget_flops.has_value()) {
    return false;
  }
  const double gap = last.budget_flops ? 1e-9 : kBudgetGap;
  return Compute(next) <= Compute(last) * (1.0 + gap);
}

/// The nominal budget, or the geometric mean of C.
double FlopsOf(std::span<const Observation> observations,
               const std::vector<std::size_t>& runs) {
  const Observation& first = observations[runs.front()];
  if (first.budget_flops) return *first.budget_flops;
  // By ratios, so that the mean of runs of one C is that C to the last digit.
  double sum = 0.0;
  for (const std::size_t i : runs) sum += std::log(observations[i].C / first.C);
  return first.C * std::exp(sum / static_cast<double>(runs.size()));
}

}  // namespace

BudgetGroups GroupByBudget(std::span<const Observation> observations) {
  // Of equal compute those with a nominal budget first: they are no neighbours
  // of the others, and would cut a chain of them in two.
  const auto order = OrderBy(observations.size(), [&](std::size_t i) {
    return std::pair(Compute(observations[i]), !observations[i].budget_flops);
  });
  std::vector<std::vector<std::size_t>> chains;
  for (const std::size_t i : order) {
    if (chains.empty() ||
        !Together(observations[chains.back().back()], observations[i])) {
      chains.emplace_back();
    }
    chains.back().push_back(i);
  }
  BudgetGroups groups;
  for (auto& chain : chains) {
    const double spread = Compute(observations[chain.back()]) /
                          Compute(observations[chain.front()]);
    if (spread <= 1.0 + kBudgetSpread) {
      const double flops = FlopsOf(observations, chain);
      groups.budgets.push_back({flops, std::move(chain)});
    } else {
      groups.left_out.insert(groups.left_out.end(), chain.begin(), chain.end());
    }
  }
  return groups;
}

std::vector<Budget> Ladder(std::span<const Observation> observations) {
  BudgetGroups groups = GroupByBudget(observations);
  std::vector<Budget>& ladder = groups.budgets;
  const auto first_single = static_cast<std::ptrdiff_t>(ladder.size());
  for (const std::size_t i : groups.left_out) {  // ascending in C
    const double C = observations[i].C;
    const bool among_singles = std::ssize(ladder) > first_single;
    if (!among_singles || IsBelow(ladder.back().flops, C)) {
      ladder.push_back({C, {}});
    }
    ladder.back().runs.push_back(i);
  }
  std::ranges::stable_sort(ladder, {}, &Budget::flops);
  return std::move(ladder);
}

std::optional<std::size_t> NearestBudget(std::span<const double> flops,
                                         double C, double apart) {
  std::optional<std::size_t> nearest;
  double least = apart;
  for (std::size_t i = 0; i < flops.size(); ++i) {
    const double here = std::abs(std::log(flops[i] / C));
    if (here > least) continue;
    least = here;
    nearest = i;
  }
  return nearest;
}

}  // namespace isoflop
