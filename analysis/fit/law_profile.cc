#include "analysis/fit/law_profile.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/fit/law_starts.h"

namespace isoflop {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

/// Where there are so few, every start is descended from at every value.
constexpr std::size_t kFewStarts = 12;

constexpr double kDecades = 1e6;  // how far to look, up and down

VectorXd Without(const VectorXd& z, Index coordinate) {
  VectorXd rest(z.size() - 1);
  rest << z.head(coordinate), z.tail(z.size() - coordinate - 1);
  return rest;
}

/// The lowest objective with one coefficient held, from where it was lowest at
/// the nearest value already seen.
class HeldObjective {
 public:
  HeldObjective(const LawSolver& solver, const LawSolution& solution,
                Index coordinate, double estimate)
      : solver_(solver), solution_(solution) {
    const LawObjective objective = solver.ObjectiveOf(solution);
    coefficient_ = static_cast<std::size_t>(
        objective.free()[static_cast<std::size_t>(coordinate)]);
    seen_[estimate] = Without(solution.minimum.point, coordinate);
  }

  std::optional<double> operator()(double value) {
    LawSolution held = solution_;
    held.held[coefficient_] = value;
    std::vector<VectorXd> starts = {Nearest(value)};
    const LawObjective objective = solver_.ObjectiveOf(held);
    if (objective.size() > 0 && objective.size() <= 2) {
      std::vector<VectorXd> all = StartsOf(objective);
      if (all.size() <= kFewStarts) {
        starts.insert(starts.end(), all.begin(), all.end());
      }
    }
    const auto found = solver_.SolveFrom(starts, held.held, solution_.density);
    if (!found) return std::nullopt;
    seen_[value] = found->minimum.point;
    return found->minimum.model.value;
  }

 private:
  const VectorXd& Nearest(double value) const {
    const auto above = seen_.lower_bound(value);
    if (above == seen_.end()) return std::prev(above)->second;
    if (above == seen_.begin()) return above->second;
    const auto below = std::prev(above);
    const bool nearer_above = above->first - value < value - below->first;
    return nearer_above ? above->second : below->second;
  }

  const LawSolver& solver_;
  const LawSolution& solution_;
  std::size_t coefficient_ = 0;
  std::map<double, VectorXd> seen_;
};

ProfileRequest RequestFor(const LawCoefficient& coefficient, bool positive) {
  ProfileRequest request;
  request.estimate = coefficient.value;
  request.positive = positive;
  if (positive) {
    request.lowest = coefficient.value / kDecades;
    request.highest = coefficient.value * kDecades;
    return request;
  }
  const double size = std::max(std::abs(coefficient.value), 0.1);
  request.step = 0.1 * size;
  request.lowest = coefficient.value - 1e3 * size;
  request.highest = coefficient.value + 1e3 * size;
  return request;
}

}  // namespace

void AddProfiles(const LawSolver& solver, const LawSolution& solution,
                 LawFit* fit) {
  const LawObjective objective = solver.ObjectiveOf(solution);
  if (objective.model().coordinates) return;
  const auto rise =
      RiseOfInterval95(fit->residuals, objective.penalty(), fit->free);
  if (!rise) return;
  for (Index j = 0; j < objective.size(); ++j) {
    const auto i =
        static_cast<std::size_t>(objective.free()[static_cast<std::size_t>(j)]);
    LawCoefficient& coefficient = fit->coefficients[i];
    ProfileRequest request =
        RequestFor(coefficient, objective.model().coefficients[i].positive);
    request.minimum = solution.minimum.model.value;
    request.rise = *rise;
    coefficient.profile =
        Profile(HeldObjective(solver, solution, j, coefficient.value), request);
  }
}

}  // namespace isoflop
