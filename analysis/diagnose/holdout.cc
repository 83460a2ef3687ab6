#include "analysis/diagnose/holdout.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/observe/budgets.h"

namespace isoflop {
namespace {

/// Of the runs above the cut.
void SetErrors(std::span<const Observation> observations, Holdout* holdout) {
  double norm = 0.0;  // of the errors; their squares may be no numbers
  for (const Observation& o : observations) {
    if (!(o.C > holdout->above_flops)) continue;
    const double error = Loss(holdout->law, o.N, o.D) - o.L;
    norm = std::hypot(norm, error);
    holdout->mean_error += error / holdout->held_out;
    holdout->mean_absolute_error += std::abs(error) / holdout->held_out;
    holdout->max_absolute_error =
        std::max(holdout->max_absolute_error, std::abs(error));
  }
  holdout->rms_error = norm / std::sqrt(holdout->held_out);
}

/// The largest C of every budget, ascending; nothing when the runs do not lie
/// on budgets.
std::vector<double> BudgetTops(std::span<const Observation> observations) {
  const BudgetGroups groups = GroupByBudget(observations);
  constexpr std::size_t kRunsOfABudget = 3;
  if (!groups.left_out.empty() ||
      groups.budgets.size() * kRunsOfABudget > observations.size()) {
    return {};
  }
  std::vector<double> tops;
  for (const Budget& budget : groups.budgets) {
    double top = 0.0;
    for (const std::size_t i : budget.runs) {
      top = std::max(top, observations[i].C);
    }
    tops.push_back(top);
  }
  return tops;
}

/// C of the runs that are the last ones fitted when these shares are held out.
std::vector<double> QuantileCuts(std::vector<double> flops) {
  std::ranges::sort(flops);
  std::vector<double> cuts;
  for (const double share : {0.1, 0.2, 0.4}) {
    const double last = (1.0 - share) * static_cast<double>(flops.size());
    cuts.push_back(flops[static_cast<std::size_t>(std::max(last, 1.0)) - 1]);
  }
  return cuts;
}

}  // namespace

std::vector<double> HoldoutCuts(std::span<const Observation> observations) {
  const std::vector<double> flops = ValuesOf(observations, &Observation::C);
  const std::vector<double> tops = BudgetTops(observations);
  std::vector<double> cuts;
  constexpr std::size_t kCuts = 3;
  for (std::size_t k = 1; k <= kCuts && k < tops.size(); ++k) {
    cuts.push_back(tops[tops.size() - 1 - k]);
  }
  if (tops.empty()) cuts = QuantileCuts(flops);
  std::erase_if(cuts, [&](double cut) {
    const auto above =
        std::ranges::count_if(flops, [&](double C) { return C > cut; });
    return above == 0 || 2 * above > std::ssize(flops);
  });
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

Holdout HoldOut(std::span<const Observation> observations, double above_flops,
                const ObjectiveOptions& options, const ChinchillaFit* full) {
  Holdout holdout;
  holdout.above_flops = above_flops;
  std::vector<LawRun> fitted;
  double largest = 0.0;  // C that is held out
  double largest_fitted = 0.0;
  for (const Observation& o : observations) {
    if (o.C > above_flops) {
      ++holdout.held_out;
      largest = std::max(largest, o.C);
    } else {
      fitted.push_back(RunOf(o));
      largest_fitted = std::max(largest_fitted, o.C);
    }
  }
  holdout.fitted = static_cast<int>(fitted.size());
  if (holdout.held_out == 0) {
    holdout.reason = "no run has more compute than that";
    return holdout;
  }
  LawFitOptions how{.objective = options, .profiles = false};
  if (full != nullptr && full->status == FitStatus::kOk)
    how.near = full->values();
  const ChinchillaFit fit = FitChinchillaTo(fitted, how);
  holdout.reason = fit.reason;
  if (fit.status != FitStatus::kOk) return holdout;
  holdout.status = FitStatus::kOk;
  holdout.law = fit.law;
  holdout.certificate = fit.certificate;
  holdout.extrapolation_decades = std::log10(largest / largest_fitted);
  SetErrors(observations, &holdout);
  return holdout;
}

}  // namespace isoflop
