// The laws of several recipes, fitted jointly.

#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "analysis/observe/law_run.h"
#include "analysis/regress/law_models.h"
#include "analysis/regress/law_solver.h"
#include "analysis/solve/certificate.h"
#include "analysis/solve/estimate.h"
#include "lib/numeric/student_t.h"

namespace isoflop {

/// What a joint fit found. When `status` is not kOk, only `reason` counts, and
/// the minimum, with its residuals, as low as was found of the laws; it need
/// not be one point.
struct RecipeFit {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  std::vector<Chinchilla> laws;  // one a recipe, N, D and L as given
  Eigen::VectorXd values;        // of RecipesModel
  int parameters = 0;
  double objective = 0.0;  // sum of weighted penalties
  /// Of the objective, one a run, recipe after recipe.
  std::vector<WeightedResidual> residuals;
  Certificate certificate;
};

/// Exponents to start from.
struct Exponents {
  double alpha = 0.0;
  double beta = 0.0;
};

/// The laws of several recipes, which LawRun::variant numbers from 0.
struct RecipeProblem {
  std::span<const LawRun> runs;
  int recipes = 0;
  RecipeSharing sharing = RecipeSharing::kExponents;
  ObjectiveOptions objective;
};

/// Fits them, from starts of shared exponents and from these.
RecipeFit FitRecipes(const RecipeProblem& problem,
                     std::span<const Exponents> exponents);

/// A joint fit again, with other weights of the same runs. Copy it for use in a
/// thread.
class RecipeRefits {
 public:
  /// REQUIRES: fit is FitRecipes(problem), with status kOk.
  RecipeRefits(const RecipeProblem& problem, const RecipeFit& fit);

  /// Returns the laws with weights multiplied by `factors`; nothing where they
  /// are not determined.
  std::optional<std::vector<Chinchilla>> Refit(std::span<const double> factors);

 private:
  LawSolver solver_;
  Eigen::VectorXd estimate_;
};

}  // namespace isoflop
