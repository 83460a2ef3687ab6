#include "analysis/fit/profile_outliers.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/fit/isoflop_profile.h"
#include "lib/core/transformed.h"
#include "lib/numeric/least_squares.h"
#include "lib/numeric/order.h"
#include "lib/numeric/robust_scale.h"

namespace isoflop {
namespace {

bool Holds(std::span<const std::size_t> ascending, std::size_t run) {
  return std::ranges::binary_search(ascending, run);
}

/// The parabola through the runs of a profile that are no candidates.
struct TrustedProfile {
  std::vector<WeightedPoint> points;  // L against ln N
  Parabola parabola;
  double variance = 0.0;  // of relative residuals of weight 1
};

WeightedPoint PointOf(const Observation& o) {
  return {std::log(o.N), o.L, o.weight};
}

std::optional<TrustedProfile> TrustedOf(
    std::span<const Observation> observations, const Budget& budget,
    std::span<const std::size_t> candidates) {
  TrustedProfile profile;
  for (const std::size_t i : budget.runs) {
    if (!Holds(candidates, i))
      profile.points.push_back(PointOf(observations[i]));
  }
  const auto runs = static_cast<int>(profile.points.size());
  const auto sizes = static_cast<int>(CountDistinct(Transformed(
      profile.points, [](const WeightedPoint& p) { return std::exp(p.x); })));
  if (runs < kFewestProfileRuns || sizes < kFewestProfileSizes) {
    return std::nullopt;
  }
  profile.parabola = FitParabola(profile.points);
  profile.variance = ResidualVariance(profile.parabola, profile.points, runs);
  return profile;
}

/// Returns the variance of what the parabola predicts at x, in that of a run of
/// weight 1: the sum of the squares by which the runs count in it, over their
/// weights.
double PredictionVariance(const TrustedProfile& profile, double x) {
  double variance = 0.0;
  std::vector<WeightedPoint> unit = profile.points;
  for (WeightedPoint& p : unit) p.y = 0.0;
  for (WeightedPoint& p : unit) {
    p.y = 1.0;
    const double share = FitParabola(unit).At(x);
    variance += share * share / p.weight;
    p.y = 0.0;
  }
  return variance;
}

bool IsOff(const Observation& run, const TrustedProfile& profile,
           double middle_variance) {
  const double x = std::log(run.N);
  const double distance = run.L / profile.parabola.At(x) - 1.0;
  const double variance = std::max(profile.variance, middle_variance);
  return distance * distance >
         kOffProfile * kOffProfile * variance *
             (1.0 / run.weight + PredictionVariance(profile, x));
}

}  // namespace

std::vector<std::size_t> RunsOffProfiles(
    std::span<const Observation> observations, const BudgetGroups& groups,
    std::span<const std::size_t> candidates) {
  std::vector<std::size_t> sorted(candidates.begin(), candidates.end());
  std::ranges::sort(sorted);
  const auto profiles = Transformed(groups.budgets, [&](const Budget& budget) {
    return TrustedOf(observations, budget, sorted);
  });
  std::vector<double> variances;
  for (const auto& profile : profiles) {
    if (profile) variances.push_back(profile->variance);
  }
  if (variances.empty()) return {};
  const double middle = Median(variances);
  std::vector<std::size_t> off;
  for (std::size_t b = 0; b < profiles.size(); ++b) {
    if (!profiles[b]) continue;
    for (const std::size_t i : groups.budgets[b].runs) {
      if (Holds(sorted, i) && IsOff(observations[i], *profiles[b], middle)) {
        off.push_back(i);
      }
    }
  }
  std::ranges::sort(off);
  return off;
}

BudgetGroups Without(BudgetGroups groups, std::span<const std::size_t> runs) {
  for (Budget& budget : groups.budgets) {
    std::erase_if(budget.runs, [&](std::size_t i) { return Holds(runs, i); });
  }
  return groups;
}

}  // namespace isoflop
