#include "analysis/fit/isoflop_profile.h"

#include <algorithm>
#include <cmath>

#include "lib/core/transformed.h"
#include "lib/numeric/akima.h"
#include "lib/numeric/distributions.h"

namespace isoflop {
namespace {

/// The runs of one profile, with the weights that they have in it.
struct LossProfile {
  std::vector<WeightedPoint> loss;      // L against ln N
  std::vector<WeightedPoint> log_data;  // ln D against ln N
  std::vector<Observation> drawn;
};

LossProfile ProfileOf(std::span<const Observation> observations,
                      std::span<const double> counts, const Budget& budget) {
  LossProfile profile;
  for (const std::size_t i : budget.runs) {
    const Observation& o = observations[i];
    const double weight = o.weight * TimesDrawn(counts, i);
    if (weight == 0.0) continue;
    profile.loss.push_back({std::log(o.N), o.L, weight});
    profile.log_data.push_back({std::log(o.N), std::log(o.D), weight});
    profile.drawn.push_back(o);
  }
  return profile;
}

/// Variance of c2/c0 when that of a relative residual of weight 1 is 1: one
/// over the part of z^2 that no line of z explains.
double CurvatureVariance(const Parabola& parabola,
                         const std::vector<WeightedPoint>& points) {
  const auto squares = Transformed(points, [&](const WeightedPoint& p) {
    const double z = p.x - parabola.center;
    return WeightedPoint{z, z * z, p.weight};
  });
  const auto line = FitLine(squares);
  double left = 0.0;
  for (const WeightedPoint& p : squares) {
    const double r = p.y - (line ? line->At(p.x) : 0.0);
    left += p.weight * r * r;
  }
  return 1.0 / left;
}

/// Whether it opens upwards, by a bend over the sizes that is more than
/// rounding.
bool HasMinimum(const Parabola& parabola,
                const std::vector<WeightedPoint>& points) {
  const auto [low, high] = std::ranges::minmax(points, {}, &WeightedPoint::x);
  const double width = high.x - low.x;
  return parabola.c2 * width * width > 1e-12 * std::abs(parabola.c0);
}

/// Whether the bend is less than noise alone could make, by the profile's own
/// residuals and by residuals of the variance `middle`.
bool IsFlat(const Parabola& parabola, const std::vector<WeightedPoint>& points,
            int runs, double middle) {
  constexpr double kShare = 0.975;
  const double own = ResidualVariance(parabola, points, runs);
  const double unit = CurvatureVariance(parabola, points);
  const double bend = parabola.c2 / std::abs(parabola.c0);
  return bend < StudentTQuantile(kShare, runs - 3) * std::sqrt(own * unit) &&
         bend < kFlatErrors * std::sqrt(std::max(own, middle) * unit);
}

/// Where a curve through a profile is lowest.
struct LowestPoint {
  bool inside = false;  // between the sizes
  double log_N = 0.0;
  double loss = 0.0;
};

LowestPoint Vertex(const Parabola& parabola, double low, double high) {
  const double z = -0.5 * parabola.c1 / parabola.c2;
  const double log_N = parabola.center + z;
  return {.inside = low < log_N && log_N < high,
          .log_N = log_N,
          .loss = parabola.c0 + 0.5 * parabola.c1 * z};
}

/// Means of ln N and ln L of the sizes within kSmallestGap, ascending in ln N.
std::vector<WeightedPoint> SizeMeans(const std::vector<WeightedPoint>& points) {
  auto sorted = points;
  std::ranges::stable_sort(sorted, {}, &WeightedPoint::x);
  std::vector<WeightedPoint> means;
  double first = 0.0;
  for (const WeightedPoint& p : sorted) {
    const double log_L = std::log(p.y);
    if (means.empty() || p.x - first >= kSmallestGap) {
      means.push_back({p.x, log_L, p.weight});
      first = p.x;
      continue;
    }
    WeightedPoint& mean = means.back();
    mean.weight += p.weight;
    mean.x += (p.x - mean.x) * p.weight / mean.weight;
    mean.y += (log_L - mean.y) * p.weight / mean.weight;
  }
  return means;
}

LowestPoint LowestSample(const std::vector<WeightedPoint>& points) {
  const auto means = SizeMeans(points);
  const auto log_N = Transformed(means, &WeightedPoint::x);
  const auto log_L = Transformed(means, &WeightedPoint::y);
  LowestPoint lowest{.inside = false, .log_N = log_N[0], .loss = log_L[0]};
  if (log_N.size() < kFewestProfileSizes) return lowest;
  const AkimaCurve curve(log_N, log_L);
  for (std::size_t gap = 0; gap + 1 < log_N.size(); ++gap) {
    for (int i = 1; i <= kSamplesPerGap; ++i) {
      const double part = static_cast<double>(i) / kSamplesPerGap;
      const double x = log_N[gap] + part * (log_N[gap + 1] - log_N[gap]);
      const double y = curve.At(x);
      if (y >= lowest.loss) continue;
      const bool last = gap + 2 == log_N.size() && i == kSamplesPerGap;
      lowest = {.inside = !last, .log_N = x, .loss = y};
    }
  }
  lowest.loss = std::exp(lowest.loss);
  return lowest;
}

LowestPoint Lowest(const IsoflopBudget& budget, const LossProfile& profile,
                   IsoflopCurve curve) {
  if (curve == IsoflopCurve::kAkima) return LowestSample(profile.loss);
  const auto [low, high] =
      std::ranges::minmax(profile.loss, {}, &WeightedPoint::x);
  return Vertex(*budget.parabola, low.x, high.x);
}

void SetOptimum(const LossProfile& profile, const LowestPoint& lowest,
                IsoflopBudget* budget) {
  const auto line = FitLine(profile.log_data);
  if (!line) return;  // there are three sizes, so there is a line
  budget->params_opt = Estimate{std::exp(lowest.log_N), {}};
  budget->tokens_opt = Estimate{std::exp(line->At(lowest.log_N)), {}};
  budget->loss_opt = Estimate{lowest.loss, {}};
}

/// The profile without its minimum.
IsoflopBudget Describe(const LossProfile& profile, double flops,
                       bool resample) {
  IsoflopBudget budget;
  budget.flops = flops;
  budget.points = static_cast<int>(CountDifferent(profile.drawn));
  budget.sizes =
      static_cast<int>(CountDistinct(profile.drawn, &Observation::N));
  const int fewest = resample ? kFewestProfileSizes : kFewestProfileRuns;
  if (budget.points < fewest || budget.sizes < kFewestProfileSizes)
    return budget;
  budget.parabola = FitParabola(profile.loss);
  return budget;
}

/// The middle one of the profiles' variances of residuals; 0 without profiles.
double MiddleVariance(const std::vector<IsoflopBudget>& budgets,
                      const std::vector<LossProfile>& profiles) {
  std::vector<double> variances;
  for (std::size_t i = 0; i < budgets.size(); ++i) {
    if (!budgets[i].parabola) continue;
    variances.push_back(ResidualVariance(*budgets[i].parabola, profiles[i].loss,
                                         budgets[i].points));
  }
  if (variances.empty()) return 0.0;
  const auto middle = variances.begin() + std::ssize(variances) / 2;
  std::ranges::nth_element(variances, middle);
  return *middle;
}

MinimumKind Classify(const IsoflopBudget& budget, const LossProfile& profile,
                     const LowestPoint& lowest,
                     std::optional<double> middle_variance) {
  if (!HasMinimum(*budget.parabola, profile.loss)) {
    return MinimumKind::kNoMinimum;
  }
  if (middle_variance &&
      IsFlat(*budget.parabola, profile.loss, budget.points, *middle_variance)) {
    return MinimumKind::kFlat;
  }
  if (!lowest.inside) return MinimumKind::kEdge;
  const double measured =
      std::ranges::min(profile.loss, {}, &WeightedPoint::y).y;
  return lowest.loss < (1.0 - kDeepestDip) * measured ? MinimumKind::kBelowAll
                                                      : MinimumKind::kInterior;
}

bool Counts(MinimumKind kind, const LowestPoint& lowest,
            const IsoflopOptions& options) {
  return kind == MinimumKind::kInterior ||
         (kind == MinimumKind::kFlat && options.keep_flat && lowest.inside);
}

}  // namespace

double ResidualVariance(const Parabola& parabola,
                        std::span<const WeightedPoint> points, int runs) {
  double squares = 0.0;
  for (const WeightedPoint& p : points) {
    const double r = parabola.At(p.x) / p.y - 1.0;
    squares += p.weight * r * r;
  }
  return squares / (runs - 3);
}

std::vector<IsoflopBudget> FitProfiles(
    std::span<const Observation> observations, std::span<const Budget> budgets,
    const IsoflopOptions& options, std::span<const double> counts) {
  const bool resample = !counts.empty();
  std::vector<LossProfile> profiles;
  std::vector<IsoflopBudget> results;
  profiles.reserve(budgets.size());
  results.reserve(budgets.size());
  for (const Budget& budget : budgets) {
    profiles.push_back(ProfileOf(observations, counts, budget));
    results.push_back(Describe(profiles.back(), budget.flops, resample));
  }
  std::optional<double> noise;
  if (!resample) noise = MiddleVariance(results, profiles);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!results[i].parabola) continue;
    const LowestPoint lowest = Lowest(results[i], profiles[i], options.curve);
    results[i].minimum = Classify(results[i], profiles[i], lowest, noise);
    if (Counts(results[i].minimum, lowest, options)) {
      SetOptimum(profiles[i], lowest, &results[i]);
    }
  }
  return results;
}

}  // namespace isoflop
