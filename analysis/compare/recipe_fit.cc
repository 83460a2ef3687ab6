#include "analysis/compare/recipe_fit.h"

#include <array>
#include <limits>

#include "analysis/regress/law_fit.h"

namespace isoflop {
namespace {

constexpr std::array<double Chinchilla::*, 5> kMembers = {
    &Chinchilla::E, &Chinchilla::A, &Chinchilla::B, &Chinchilla::alpha,
    &Chinchilla::beta};

std::vector<Chinchilla> LawsOf(const LawModel& model,
                               const Eigen::VectorXd& p) {
  std::vector<Chinchilla> laws(model.variants.size());
  for (std::size_t r = 0; r < laws.size(); ++r) {
    for (std::size_t k = 0; k < kMembers.size(); ++k) {
      laws[r].*kMembers[k] = p[model.variants[r][k]];
    }
  }
  return laws;
}

LawModel ModelOf(const RecipeProblem& problem) {
  return RecipesModel(problem.runs, problem.recipes, problem.sharing);
}

}  // namespace

RecipeFit FitRecipes(const RecipeProblem& problem,
                     std::span<const Exponents> exponents) {
  LawModel model = ModelOf(problem);
  for (const Exponents& given : exponents) {
    Eigen::VectorXd c = Eigen::VectorXd::Constant(
        model.size(), std::numeric_limits<double>::quiet_NaN());
    for (const std::vector<int>& own : model.variants) {
      c[own[3]] = given.alpha;
      c[own[4]] = given.beta;
    }
    model.given_starts.push_back(std::move(c));
  }
  const LawFit found = FitLaw(
      model, problem.runs, {.objective = problem.objective, .profiles = false});
  RecipeFit fit;
  fit.status = found.status;
  fit.reason = found.reason;
  fit.parameters = model.size();
  fit.objective = found.objective;
  fit.residuals = found.residuals;
  fit.certificate = found.certificate;
  if (fit.status != FitStatus::kOk) return fit;
  fit.values = found.values();
  fit.laws = LawsOf(model, fit.values);
  return fit;
}

RecipeRefits::RecipeRefits(const RecipeProblem& problem, const RecipeFit& fit)
    : solver_(ModelOf(problem), problem.runs, problem.objective, {}),
      estimate_(fit.values) {}

std::optional<std::vector<Chinchilla>> RecipeRefits::Refit(
    std::span<const double> factors) {
  const isoflop::Refit refit =
      solver_.SolveAgain(factors, estimate_, std::nullopt);
  if (!refit.coefficients) return std::nullopt;
  return LawsOf(solver_.model(), *refit.coefficients);
}

}  // namespace isoflop
