#include "analysis/fit/isoflop_fit.h"

#include <fmt/format.h>

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "analysis/fit/power_law_fit.h"

namespace isoflop {
namespace {

constexpr int kFewestPoints = 4;
constexpr int kFewestSizes = 3;

/// Biases beyond these are worth a warning.
constexpr double kLargeParamsBias = 0.05;
constexpr double kLargeExponentBias = 0.01;

/// The runs of one profile, with the weights that they have in it.
struct Profile {
  std::vector<WeightedPoint> loss;      // L against ln N
  std::vector<WeightedPoint> log_data;  // ln D against ln N
  std::vector<Observation> drawn;
  double drawn_count = 0.0;
};

Profile ProfileOf(std::span<const Observation> observations,
                  std::span<const double> counts, const Budget& budget) {
  Profile profile;
  for (const std::size_t i : budget.runs) {
    const Observation& o = observations[i];
    const double count = counts.empty() ? 1.0 : counts[i];
    if (count == 0.0) continue;
    const double weight = count * o.weight;
    profile.loss.push_back({std::log(o.N), o.L, weight});
    profile.log_data.push_back({std::log(o.N), std::log(o.D), weight});
    profile.drawn.push_back(o);
    profile.drawn_count += count;
  }
  return profile;
}

/// REQUIRES: three different x.
Parabola FitParabola(const std::vector<WeightedPoint>& points) {
  const auto rows = static_cast<Eigen::Index>(points.size());
  Parabola parabola;
  for (const auto& p : points) {
    parabola.log_center += p.x / static_cast<double>(rows);
  }
  Eigen::MatrixX3d powers(rows, 3);
  Eigen::VectorXd losses(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const WeightedPoint& p = points[static_cast<std::size_t>(i)];
    const double z = p.x - parabola.log_center;
    const double root = std::sqrt(p.weight);
    powers.row(i) << root, root * z, root * z * z;
    losses[i] = root * p.y;
  }
  const Eigen::Vector3d c = powers.colPivHouseholderQr().solve(losses);
  parabola.c0 = c[0];
  parabola.c1 = c[1];
  parabola.c2 = c[2];
  return parabola;
}

/// Whether the parabola's bend over the sizes is more than rounding.
bool OpensUpwards(const Parabola& parabola, double width) {
  return parabola.c2 * width * width > 1e-12 * std::abs(parabola.c0);
}

MinimumKind Classify(const Parabola& parabola,
                     const std::vector<WeightedPoint>& points) {
  const auto [low, high] =
      std::ranges::minmax_element(points, {}, &WeightedPoint::x);
  if (!OpensUpwards(parabola, high->x - low->x)) return MinimumKind::kNoMinimum;
  const double lowest = parabola.log_center - 0.5 * parabola.c1 / parabola.c2;
  return low->x < lowest && lowest < high->x ? MinimumKind::kInterior
                                             : MinimumKind::kEdge;
}

void SetOptimum(const Profile& profile, IsoflopBudget* budget) {
  const Parabola& parabola = *budget->parabola;
  const double z = -0.5 * parabola.c1 / parabola.c2;
  const double log_N = parabola.log_center + z;
  const auto line = FitLine(profile.log_data);
  budget->params_opt = Estimate{std::exp(log_N), {}};
  budget->tokens_opt = Estimate{std::exp(line->At(log_N)), {}};
  budget->loss_opt = Estimate{parabola.c0 + 0.5 * parabola.c1 * z, {}};
}

IsoflopBudget FitProfile(std::span<const Observation> observations,
                         std::span<const double> counts, const Budget& budget) {
  const Profile profile = ProfileOf(observations, counts, budget);
  IsoflopBudget result;
  result.flops = budget.flops;
  result.points = static_cast<int>(profile.drawn_count);
  result.sizes =
      static_cast<int>(CountDistinct(profile.drawn, &Observation::N));
  if (result.points < kFewestPoints || result.sizes < kFewestSizes) {
    return result;
  }
  result.parabola = FitParabola(profile.loss);
  result.minimum = Classify(*result.parabola, profile.loss);
  if (result.minimum == MinimumKind::kInterior) SetOptimum(profile, &result);
  return result;
}

std::vector<WeightedPoint> Optima(const std::vector<IsoflopBudget>& budgets,
                                  std::optional<Estimate> IsoflopBudget::*of) {
  std::vector<WeightedPoint> points;
  for (const IsoflopBudget& budget : budgets) {
    const auto& optimum = budget.*of;
    if (optimum) points.push_back({budget.flops, optimum->value, 1.0});
  }
  return points;
}

void FitExponents(IsoflopFit* fit) {
  const auto params =
      FitPowerLaw(Optima(fit->budgets, &IsoflopBudget::params_opt));
  const auto tokens =
      FitPowerLaw(Optima(fit->budgets, &IsoflopBudget::tokens_opt));
  if (!params || !tokens) {
    fit->reason = fmt::format(
        "{} of {} budgets with an interior minimum: at least 2 are needed",
        Optima(fit->budgets, &IsoflopBudget::params_opt).size(),
        fit->budgets.size());
    return;
  }
  fit->status = FitStatus::kOk;
  fit->a.value = params->exponent;
  fit->b.value = tokens->exponent;
  fit->params_coefficient = params->coefficient;
  fit->tokens_coefficient = tokens->coefficient;
}

/// Returns the observations with the losses of the surface.
std::vector<Observation> OnSurface(std::span<const Observation> observations,
                                   const Chinchilla& surface) {
  std::vector<Observation> exact(observations.begin(), observations.end());
  for (Observation& o : exact) o.L = Loss(surface, o.N, o.D);
  return exact;
}

/// Returns 6 N* D* of a profile, by the line of ln D on ln N: the compute that
/// the surface's own optimum is taken at.
double EffectiveFlops(const IsoflopBudget& budget) {
  return SixND(budget.params_opt->value, budget.tokens_opt->value);
}

std::string BiasWarning(const IsoflopFit& fit) {
  double lowest = 0.0;
  double highest = 0.0;
  for (const IsoflopBudget& budget : fit.budgets) {
    lowest = std::min(lowest, budget.params_bias.value_or(0.0));
    highest = std::max(highest, budget.params_bias.value_or(0.0));
  }
  const double exponent = fit.a_bias.value_or(0.0);
  if (std::max(highest, -lowest) < kLargeParamsBias &&
      std::abs(exponent) < kLargeExponentBias) {
    return {};
  }
  return fmt::format(
      "on this grid the parabolas misplace N* by {:+.1f} % to {:+.1f} %{}, "
      "even "
      "without noise: the valley is not a parabola that far from its lowest "
      "point",
      100.0 * lowest, 100.0 * highest,
      fit.a_bias ? fmt::format(" and a by {:+.3f}", exponent) : "");
}

}  // namespace

IsoflopFit FitIsoflop(std::span<const Observation> observations,
                      std::span<const double> counts) {
  const BudgetGroups groups = GroupByBudget(observations);
  IsoflopFit fit;
  fit.left_out = static_cast<int>(groups.left_out.size());
  fit.budgets.reserve(groups.budgets.size());
  for (const Budget& budget : groups.budgets) {
    fit.budgets.push_back(FitProfile(observations, counts, budget));
  }
  FitExponents(&fit);
  return fit;
}

void AddBias(std::span<const Observation> observations,
             const Chinchilla& surface, IsoflopFit* fit) {
  IsoflopFit exact = FitIsoflop(OnSurface(observations, surface));
  for (std::size_t i = 0; i < exact.budgets.size(); ++i) {
    IsoflopBudget& found = exact.budgets[i];
    IsoflopBudget& budget = fit->budgets[i];
    if (!budget.params_opt || !found.params_opt) {
      found.params_opt.reset();
      found.tokens_opt.reset();
      continue;
    }
    const Optimum truth = OptimumAt(surface, EffectiveFlops(found));
    budget.params_bias = found.params_opt->value / truth.N - 1.0;
  }
  FitExponents(&exact);
  if (exact.status == FitStatus::kOk) {
    fit->a_bias = exact.a.value - ParamsExponent(surface);
  }
  fit->bias_warning = BiasWarning(*fit);
}

}  // namespace isoflop
