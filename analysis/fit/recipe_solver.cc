#include "analysis/fit/recipe_solver.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "analysis/fit/limits.h"
#include "analysis/fit/recipe_descent.h"

namespace isoflop {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Exponents to start from: from nearly logarithms to steeper than any seen.
constexpr double kGrid[] = {0.1, 0.2, 0.35, 0.6, 1.0};

/// Starts that are descended from: the best of the grid.
constexpr std::size_t kStarts = 10;

/// Below this the Hessian is singular to rounding.
constexpr double kFlat = 1e-12;

/// Of the magnitudes of a slope's terms: less than this share is rounding.
constexpr double kSlopeRounding = 1e-9;

/// Whether a term falls over a recipe's runs by more than a share of the loss.
bool Falls(double coefficient, double exponent,
           const std::vector<RecipePoint>& runs, int recipe,
           double RecipePoint::*log_of) {
  double low = kInfinity;
  double high = -low;
  for (const RecipePoint& run : runs) {
    if (run.weight == 0.0 || run.recipe != recipe) continue;
    low = std::min(low, run.*log_of);
    high = std::max(high, run.*log_of);
  }
  return coefficient *
             (std::exp(-exponent * low) - std::exp(-exponent * high)) >
         kVanishing;
}

/// The linear problem of E, A_r and B_r for given exponents, each row divided
/// by the loss so that its residual is nearly the log residual.
struct LinearProblem {
  MatrixXd design;
  VectorXd target;
};

LinearProblem Linear(const std::vector<RecipePoint>& runs,
                     const RecipeLayout& layout, const Exponents& exponents) {
  const auto rows = static_cast<Eigen::Index>(runs.size());
  LinearProblem problem{MatrixXd::Zero(rows, layout.size()),
                        VectorXd::Zero(rows)};
  for (Eigen::Index i = 0; i < rows; ++i) {
    const RecipePoint& run = runs[static_cast<std::size_t>(i)];
    const auto [E, A, B, alpha, beta] = layout.IndicesOf(run.recipe);
    const double scale = std::sqrt(run.weight);
    const double unit = scale * std::exp(-run.log_loss);
    problem.design(i, E) = unit;
    problem.design(i, A) = unit * std::exp(-exponents.alpha * run.log_N);
    problem.design(i, B) = unit * std::exp(-exponents.beta * run.log_D);
    problem.target[i] = scale;
  }
  return problem;
}

/// The columns from `first` up to the exponents, which are no unknowns here.
VectorXd LeastSquares(const LinearProblem& problem, Eigen::Index first,
                      Eigen::Index columns) {
  return problem.design.middleCols(first, columns)
      .colPivHouseholderQr()
      .solve(problem.target);
}

int CountDistinct(const std::vector<RecipeMinimum>& minima) {
  const auto count = [&](bool with_offset) {
    std::vector<LocalMinimum> same;
    std::ranges::copy_if(
        minima, std::back_inserter(same),
        [&](const RecipeMinimum& m) { return m.with_offset == with_offset; });
    return CountPlaces(same);
  };
  return count(true) + count(false);
}

/// Whether a value is the lowest, but for residuals of 1e-9 and rounding.
bool Agrees(double value, double lowest, const std::vector<RecipePoint>& runs,
            const Penalty& penalty) {
  double nothing = 0.0;
  for (const RecipePoint& run : runs) {
    nothing += run.weight * penalty(1e-9).value;
  }
  return value <= lowest * (1.0 + 1e-9) + nothing;
}

}  // namespace

RecipeSolver::RecipeSolver(RecipeData data, int recipes, Sharing sharing,
                           const Penalty& penalty)
    : data_(std::move(data)), layout_(sharing, recipes), penalty_(penalty) {}

RecipeObjective RecipeSolver::Objective(bool with_offset) const {
  return {data_, layout_, penalty_, with_offset};
}

/// The linear problem's solution, its coefficients made positive.
VectorXd RecipeSolver::StartAt(const Exponents& exponents) const {
  constexpr double kLeast = 1e-3;  // of the loss
  const LinearProblem problem = Linear(data_.runs(), layout_, exponents);
  const auto [E, A, B, alpha, beta] = layout_.IndicesOf(0);
  const Eigen::Index columns = alpha;
  VectorXd point = VectorXd::Zero(layout_.size());
  point.head(columns) = LeastSquares(problem, 0, columns);
  if (!(point[0] > 0.0)) {
    point[0] = 0.0;
    point.segment(1, columns - 1) = LeastSquares(problem, 1, columns - 1);
  }
  for (Eigen::Index i = 1; i < columns; ++i) {
    point[i] = std::log(point[i] > kLeast ? point[i] : kLeast);
  }
  for (int recipe = 0; recipe < layout_.recipes(); ++recipe) {
    const auto indices = layout_.IndicesOf(recipe);
    point[indices[3]] = exponents.alpha;
    point[indices[4]] = exponents.beta;
  }
  return point;
}

/// A start for each pair of exponents of the grid, best first; those at which
/// the objective is no number last.
std::vector<VectorXd> RecipeSolver::Grid() const {
  const RecipeObjective objective = Objective(true);
  std::vector<std::pair<double, VectorXd>> grid;
  for (const double alpha : kGrid) {
    for (const double beta : kGrid) {
      VectorXd start = StartAt({alpha, beta});
      const double value = objective.Value(start);
      grid.emplace_back(std::isfinite(value) ? value : kInfinity,
                        std::move(start));
    }
  }
  std::ranges::stable_sort(grid, {}, [](const auto& s) { return s.first; });
  std::vector<VectorXd> starts;
  starts.reserve(grid.size());
  for (auto& start : grid) starts.push_back(std::move(start.second));
  return starts;
}

/// The best of the grid, and all that were given.
std::vector<VectorXd> RecipeSolver::Starts(
    std::span<const Exponents> exponents) const {
  std::vector<VectorXd> starts = Grid();
  starts.resize(kStarts);
  for (const Exponents& given : exponents) starts.push_back(StartAt(given));
  return starts;
}

RecipeMinimum RecipeSolver::MinimiseWithin(const VectorXd& start,
                                           bool with_offset) const {
  RecipeMinimum minimum;
  static_cast<LocalMinimum&>(minimum) =
      MinimiseFrom(Objective(with_offset), start);
  minimum.with_offset = with_offset;
  return minimum;
}

/// Whether the objective falls from the bound E = 0 as E rises, by more than
/// rounding.
bool RecipeSolver::FallsByOffset(const RecipeMinimum& bound) const {
  const LocalQuadratic model = Objective(true).ModelAt(bound.point);
  return model.gradient[0] < -kSlopeRounding * model.magnitude[0];
}

/// The constrained minimum: inside, or else on the bound E = 0, unless the
/// objective falls from there as E rises.
RecipeMinimum RecipeSolver::Minimise(const VectorXd& start) const {
  RecipeMinimum inside = MinimiseWithin(start, true);
  if (inside.point[0] >= 0.0) return inside;
  VectorXd at_zero = inside.point;
  at_zero[0] = 0.0;
  RecipeMinimum bound = MinimiseWithin(at_zero, false);
  if (!FallsByOffset(bound)) return bound;
  RecipeMinimum above = MinimiseWithin(bound.point, true);
  return above.point[0] >= 0.0 ? above : bound;
}

/// Whether a term falls in some recipe, and rises in none.
bool RecipeSolver::HasTerm(const RecipeMinimum& minimum,
                           double Chinchilla::*coefficient,
                           double Chinchilla::*exponent,
                           double RecipePoint::*log_of) const {
  bool falls = false;
  for (int recipe = 0; recipe < layout_.recipes(); ++recipe) {
    const Chinchilla law = layout_.LawAt(minimum.point, recipe);
    if (!(law.*exponent > 0.0)) return false;
    falls |=
        Falls(law.*coefficient, law.*exponent, data_.runs(), recipe, log_of);
  }
  return falls;
}

std::string RecipeSolver::Defect(const RecipeMinimum& minimum) const {
  if (!std::isfinite(minimum.value())) {
    return "the objective is too large for a number";
  }
  if (!HasTerm(minimum, &Chinchilla::A, &Chinchilla::alpha,
               &RecipePoint::log_N)) {
    return "the loss does not fall with the number of parameters";
  }
  if (!HasTerm(minimum, &Chinchilla::B, &Chinchilla::beta,
               &RecipePoint::log_D)) {
    return "the loss does not fall with the number of tokens";
  }
  if (!(minimum.newton_step < kRunaway)) {
    return "no lowest point was found: parameters can grow without end while "
           "the fit improves or stays as it is";
  }
  if (!(minimum.relative_curvature > kFlat)) {
    return "the optimum is not one point: the parameters can be changed "
           "together without changing the fit";
  }
  for (const Chinchilla& law : LawsOf(minimum)) {
    if (!std::isfinite(law.A) || !std::isfinite(law.B) || !(law.A > 0.0) ||
        !(law.B > 0.0)) {
      return "A or B is too large or too small for a number";
    }
  }
  return {};
}

std::vector<Chinchilla> RecipeSolver::LawsOf(
    const RecipeMinimum& minimum) const {
  std::vector<Chinchilla> laws;
  for (int recipe = 0; recipe < layout_.recipes(); ++recipe) {
    Chinchilla law = layout_.LawAt(minimum.point, recipe);
    if (!minimum.with_offset || law.E < kVanishingLoss) law.E = 0.0;
    laws.push_back(data_.InGivenUnits(law));
  }
  return laws;
}

double RecipeSolver::SquaresAt(const std::vector<Chinchilla>& laws) const {
  double squares = 0.0;
  for (const RecipePoint& run : data_.runs()) {
    const Chinchilla law =
        data_.Centred(laws[static_cast<std::size_t>(run.recipe)]);
    const double r =
        std::log(LossAtLog(law, run.log_N, run.log_D)) - run.log_loss;
    squares += run.weight * r * r;
  }
  return squares;
}

/// d(point) / d(ln E, ln A_r, ln B_r, alpha, beta) of laws as given.
MatrixXd RecipeSolver::GivenJacobian(const RecipeMinimum& minimum) const {
  MatrixXd jacobian = MatrixXd::Identity(layout_.size(), layout_.size());
  jacobian(0, 0) = minimum.point[0];
  for (int recipe = 0; recipe < layout_.recipes(); ++recipe) {
    const auto [E, A, B, alpha, beta] = layout_.IndicesOf(recipe);
    jacobian(A, alpha) = -data_.MeanLogN();
    jacobian(B, beta) = -data_.MeanLogD();
  }
  return jacobian;
}

std::optional<double> RecipeSolver::ConditionOf(
    const RecipeMinimum& minimum) const {
  const auto free = Eigen::seq(minimum.with_offset ? 0 : 1, Eigen::last);
  return ConditionNumber(minimum.model.hessian(free, free),
                         minimum.model.curvature_scale(free),
                         GivenJacobian(minimum)(free, free));
}

Certificate RecipeSolver::Certify(const std::vector<RecipeMinimum>& minima,
                                  const RecipeMinimum& lowest) const {
  Certificate certificate;
  certificate.starts = static_cast<int>(minima.size());
  certificate.agreeing =
      static_cast<int>(std::ranges::count_if(minima, [&](const auto& m) {
        return Agrees(m.value(), lowest.value(), data_.runs(), penalty_);
      }));
  certificate.distinct_minima = CountDistinct(minima);
  certificate.gradient_norm = RelativeGradient(lowest.model);
  certificate.condition_number = ConditionOf(lowest);
  certificate.converged = lowest.newton_step <= 1e-8 &&
                          (lowest.with_offset || !FallsByOffset(lowest));
  return certificate;
}

RecipeFit RecipeSolver::Solve(std::span<const Exponents> exponents) const {
  RecipeFit fit;
  std::vector<RecipeMinimum> minima;
  for (const VectorXd& start : Starts(exponents)) {
    minima.push_back(Minimise(start));
  }
  const auto lowest =
      std::ranges::min_element(minima, {}, &LocalMinimum::value);
  fit.reason = Defect(*lowest);
  if (!fit.reason.empty()) return fit;
  fit.status = FitStatus::kOk;
  fit.laws = LawsOf(*lowest);
  fit.parameters = layout_.size();
  fit.objective = lowest->value();
  fit.squares = SquaresAt(fit.laws);
  fit.certificate = Certify(minima, *lowest);
  return fit;
}

std::optional<std::vector<Chinchilla>> RecipeSolver::SolveAgain(
    std::span<const double> factors, const std::vector<Chinchilla>& estimate) {
  data_.SetWeightFactors(factors);
  std::vector<Chinchilla> centred;
  centred.reserve(estimate.size());
  for (const Chinchilla& law : estimate) {
    centred.push_back(data_.Centred(law));
  }
  const RecipeMinimum near = Minimise(layout_.PointOf(centred));
  const RecipeMinimum own = Minimise(Grid().front());
  const RecipeMinimum& lower = own.value() < near.value() ? own : near;
  if (!Defect(lower).empty()) return std::nullopt;
  return LawsOf(lower);
}

}  // namespace isoflop
