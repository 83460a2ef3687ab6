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

int CountDistinct(const std::vector<LawSolution>& endings) {
  std::vector<LocalMinimum> minima;
  minima.reserve(endings.size());
  for (const LawSolution& ending : endings) minima.push_back(ending.minimum);
  return CountPlaces(minima);
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

LocalMinimum LawSolver::Minimise(LawObjective* objective,
                                 const VectorXd& start) const {
  if (options_.loss != LossKind::kLad) return MinimiseFrom(*objective, start);
  LocalMinimum minimum;
  minimum.point = start;
  for (const double delta : kLadDeltas) {
    objective->set_penalty(Penalty::SmoothedLad(delta));
    minimum = MinimiseFrom(*objective, minimum.point);
  }
  return minimum;
}

std::optional<StudentT> LawSolver::DensityOfLeastSquares(
    const std::vector<VectorXd>& starts, const HeldValues& held) const {
  const LawObjective squares(model_, runs_, Penalty::Squares(),
                             options_.residual, held);
  const auto best = std::ranges::min_element(
      starts, {}, [&](const VectorXd& z) { return squares.Value(z); });
  return EstimateStudentT(
      squares.Residuals(MinimiseFrom(squares, *best).point));
}

/// With kStudentT, goes on from a minimum for a given density, in turn with the
/// density for given residuals, until neither changes.
void LawSolver::Settle(LawSolution* solution) const {
  constexpr int kRounds = 200;
  LawObjective objective = ObjectiveOf(*solution);
  for (int round = 0; round < kRounds && solution->density; ++round) {
    const StudentT before = *solution->density;
    solution->density =
        EstimateStudentT(objective.Residuals(solution->minimum.point));
    if (!solution->density) return;
    objective.set_penalty(Penalty::Student(*solution->density));
    solution->minimum = MinimiseFrom(objective, solution->minimum.point);
    solution->density_step = LogChange(before, *solution->density);
    if (solution->density_step < 0.01 * kDensitySettled) return;
  }
}

/// Where descents end; those that end as low at the same place are one, with
/// `agreeing` of them.
std::vector<LawSolution> LawSolver::Endings(
    const std::vector<VectorXd>& starts, const HeldValues& held,
    const std::optional<StudentT>& density) const {
  LawSolution ending;
  ending.held = held;
  ending.density = density;
  ending.agreeing = 1;
  LawObjective objective = ObjectiveOf(ending);
  std::vector<LawSolution> endings;
  for (const VectorXd& start : starts) {
    ending.minimum = Minimise(&objective, start);
    const double value = ending.minimum.value();
    const auto known = std::ranges::find_if(endings, [&](const auto& other) {
      return SamePlace(other.minimum, ending.minimum) &&
             Agree(objective, value, other.minimum.value()) &&
             Agree(objective, other.minimum.value(), value);
    });
    if (known == endings.end()) {
      endings.push_back(ending);
      continue;
    }
    ++known->agreeing;
    if (value < known->minimum.value()) known->minimum = ending.minimum;
  }
  return endings;
}

std::optional<LawSolution> LawSolver::LowestOf(
    const std::vector<LawSolution>& endings) const {
  const auto value_of = [](const LawSolution& e) { return e.minimum.value(); };
  const auto lowest = std::ranges::min_element(endings, {}, value_of);
  if (lowest == endings.end() || !std::isfinite(value_of(*lowest))) {
    return std::nullopt;
  }
  LawSolution solution = *lowest;
  const LawObjective objective = ObjectiveOf(solution);
  solution.starts = solution.agreeing = 0;
  for (const LawSolution& ending : endings) {
    solution.starts += ending.agreeing;
    if (Agree(objective, value_of(ending), value_of(*lowest))) {
      solution.agreeing += ending.agreeing;
    }
  }
  solution.distinct_minima = CountDistinct(endings);
  return solution;
}

std::optional<LawSolution> LawSolver::SolveFrom(
    const std::vector<VectorXd>& starts, const HeldValues& held,
    const std::optional<StudentT>& density) const {
  return LowestOf(Endings(starts, held, density));
}

std::optional<LawSolution> LawSolver::Solve(const HeldValues& held) const {
  LawSolution empty;
  empty.held = held;
  const std::vector<VectorXd> starts = StartsOf(ObjectiveOf(empty));
  if (starts.empty()) return std::nullopt;
  if (options_.loss != LossKind::kStudentT) {
    return SolveFrom(starts, held, std::nullopt);
  }
  auto endings = Endings(starts, held, DensityOfLeastSquares(starts, held));
  for (LawSolution& ending : endings) {
    if (IsMinimum(ending.minimum) || endings.size() == 1) Settle(&ending);
  }
  return LowestOf(endings);
}

/// Where a coefficient has its bound, if the optimum may lie there.
std::optional<double> LawSolver::BoundOf(const LawSolution& solution,
                                         int i) const {
  const CoefficientSpec& spec =
      model_.coefficients[static_cast<std::size_t>(i)];
  const LawObjective objective = ObjectiveOf(solution);
  const bool settled = IsMinimum(solution.minimum);
  if (spec.may_vanish &&
      !(settled &&
        LargestShare(objective, solution.minimum.point, i) > kNearlyVanished)) {
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
        Agree(ObjectiveOf(*solution), alternative->minimum.value(),
              solution->minimum.value())) {
      solution = std::move(alternative);
    }
  }
  return solution;
}

}  // namespace isoflop
