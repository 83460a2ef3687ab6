#include "analysis/fit/law_solver.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/fit/law_starts.h"

namespace isoflop {
namespace {

using Eigen::VectorXd;

/// The last smoothing of |r| is far below any residual that can be measured.
constexpr double kLadDeltas[] = {1e-4, 1e-6, 1e-8, 1e-10};

/// A limit that adds less than this share to the predictions may have vanished.
constexpr double kNearlyVanished = 1e-2;

Penalty PenaltyOf(const ObjectiveOptions& options,
                  const std::optional<StudentT>& density) {
  switch (options.loss) {
    case LossKind::kHuber:
      return Penalty::Huber(options.delta);
    case LossKind::kLad:
      return Penalty::SmoothedLad(kLadDeltas[std::size(kLadDeltas) - 1]);
    case LossKind::kStudentT:
      if (density) return Penalty::Student(*density);
      break;
    case LossKind::kL2:
      break;
  }
  return Penalty::Squares();
}

double ValueOf(const LawMinimum& minimum) {
  return std::isnan(minimum.model.value)
             ? std::numeric_limits<double>::infinity()
             : minimum.model.value;
}

/// As low as `lowest`, to rounding; data without noise have 0 for a minimum, so
/// residuals of 1e-9 are allowed.
bool Agree(const LawObjective& objective, double value, double lowest) {
  const Penalty& penalty = objective.penalty();
  double nothing = 0.0;
  for (const LawRun& run : objective.runs()) {
    nothing += run.weight * (penalty(1e-9).value - penalty(0.0).value);
  }
  return value <= lowest + 1e-9 * std::abs(lowest) + nothing;
}

int CountDistinct(const std::vector<LawMinimum>& minima) {
  std::vector<const LawMinimum*> distinct;
  for (const LawMinimum& minimum : minima) {
    const bool known = std::ranges::any_of(distinct, [&](const auto* other) {
      return (other->z - minimum.z).cwiseAbs().maxCoeff() < 1e-3;
    });
    if (minimum.newton_step <= 1e-6 && !known) distinct.push_back(&minimum);
  }
  return static_cast<int>(distinct.size());
}

/// The largest share of a prediction that coefficient `i` adds.
double LargestShare(const LawObjective& objective, const VectorXd& z, int i) {
  const VectorXd p = objective.Coefficients(z);
  VectorXd gradient(p.size());
  double largest = 0.0;
  for (const LawRun& run : objective.runs()) {
    const double y = objective.model().predict(p.data(), run, gradient.data());
    largest = std::max(largest, std::abs(p[i] * gradient[i] / y));
  }
  return largest;
}

}  // namespace

LawObjective LawSolver::ObjectiveOf(const LawSolution& solution) const {
  return {model_, runs_, PenaltyOf(options_, solution.density),
          options_.residual, solution.held};
}

LawMinimum LawSolver::Minimise(LawObjective* objective,
                               const VectorXd& start) const {
  if (options_.loss != LossKind::kLad) return MinimiseFrom(*objective, start);
  LawMinimum minimum;
  minimum.z = start;
  for (const double delta : kLadDeltas) {
    objective->set_penalty(Penalty::SmoothedLad(delta));
    minimum = MinimiseFrom(*objective, minimum.z);
  }
  return minimum;
}

std::optional<StudentT> LawSolver::DensityOfLeastSquares(
    const std::vector<VectorXd>& starts, const HeldValues& held) const {
  const LawObjective squares(model_, runs_, Penalty::Squares(),
                             options_.residual, held);
  const auto best = std::ranges::min_element(
      starts, {}, [&](const VectorXd& z) { return squares.Value(z); });
  return EstimateStudentT(squares.Residuals(MinimiseFrom(squares, *best).z));
}

/// With kStudentT, goes on from a minimum for a given density, in turn with the
/// density for given residuals, until neither changes.
void LawSolver::Settle(LawObjective* objective, LawSolution* solution) const {
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds && solution->density; ++round) {
    const double scale = solution->density->scale;
    solution->density =
        EstimateStudentT(objective->Residuals(solution->minimum.z));
    if (!solution->density) return;
    objective->set_penalty(Penalty::Student(*solution->density));
    solution->minimum = MinimiseFrom(*objective, solution->minimum.z);
    if (std::abs(std::log(solution->density->scale / scale)) < 1e-8) return;
  }
}

std::optional<LawSolution> LawSolver::SolveFrom(
    const std::vector<VectorXd>& starts, const HeldValues& held,
    const std::optional<StudentT>& density) const {
  LawSolution solution;
  solution.held = held;
  solution.density = density;
  LawObjective objective = ObjectiveOf(solution);
  std::vector<LawMinimum> minima;
  minima.reserve(starts.size());
  for (const VectorXd& start : starts) {
    minima.push_back(Minimise(&objective, start));
  }
  const auto lowest = std::ranges::min_element(minima, {}, ValueOf);
  if (lowest == minima.end() || !std::isfinite(ValueOf(*lowest))) {
    return std::nullopt;
  }
  solution.starts = static_cast<int>(minima.size());
  solution.agreeing =
      static_cast<int>(std::ranges::count_if(minima, [&](const auto& minimum) {
        return Agree(objective, ValueOf(minimum), ValueOf(*lowest));
      }));
  solution.distinct_minima = CountDistinct(minima);
  solution.minimum = *lowest;
  return solution;
}

std::optional<LawSolution> LawSolver::Solve(const HeldValues& held) const {
  LawSolution empty;
  empty.held = held;
  LawObjective objective = ObjectiveOf(empty);
  const std::vector<VectorXd> starts = StartsOf(objective);
  if (starts.empty()) return std::nullopt;
  std::optional<StudentT> density;
  if (options_.loss == LossKind::kStudentT) {
    density = DensityOfLeastSquares(starts, held);
  }
  auto solution = SolveFrom(starts, held, density);
  if (!solution || !density) return solution;
  objective.set_penalty(Penalty::Student(*density));
  Settle(&objective, &*solution);
  return solution;
}

/// Where a coefficient has its bound, if the optimum may lie there.
std::optional<double> LawSolver::BoundOf(const LawSolution& solution,
                                         int i) const {
  const CoefficientSpec& spec =
      model_.coefficients[static_cast<std::size_t>(i)];
  const LawObjective objective = ObjectiveOf(solution);
  const bool settled = solution.minimum.newton_step <= 1e-6;
  if (spec.may_vanish &&
      !(settled &&
        LargestShare(objective, solution.minimum.z, i) > kNearlyVanished)) {
    return 0.0;
  }
  if (spec.may_be_unlimited && !settled) {
    return std::numeric_limits<double>::infinity();
  }
  return std::nullopt;
}

std::optional<LawSolution> LawSolver::SolveGlobally(
    const HeldValues& held) const {
  auto solution = Solve(held);
  for (int i = 0; solution && i < model_.size(); ++i) {
    const auto index = static_cast<std::size_t>(i);
    if (solution->held[index]) continue;
    const auto bound = BoundOf(*solution, i);
    if (!bound) continue;
    HeldValues at_bound = solution->held;
    at_bound[index] = bound;
    auto alternative = Solve(at_bound);
    if (alternative &&
        Agree(ObjectiveOf(*solution), ValueOf(alternative->minimum),
              ValueOf(solution->minimum))) {
      solution = std::move(alternative);
    }
  }
  return solution;
}

}  // namespace isoflop
