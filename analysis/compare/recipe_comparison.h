// Which of several recipes is better, by how much, and whether the data can
// tell: joint laws, efficiencies and compute multipliers with intervals.
//
//   L_r(N, D) = E + A / (rho_N N)^alpha + B / (rho_D D)^beta
//
// Separate laws cannot be compared: their parameters trade off against each
// other. E, alpha and beta are therefore shared, and what sharing costs is
// tested.
//
// Source: Volkova et al. 2026 (arXiv:2602.07712).

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/compare/recipe_fit.h"
#include "analysis/compare/setting_optima.h"
#include "analysis/compare/sharing_test.h"
#include "analysis/compare/unexplained_runs.h"
#include "analysis/observe/observation.h"
#include "analysis/regress/resample.h"
#include "analysis/solve/estimate.h"

namespace isoflop {

/// How a recipe stands to the reference: by the 95 % interval of the logarithm
/// of its compute multiplier, which includes 0 or does not.
enum class Verdict { kBetter, kWorse, kIndistinguishable };

constexpr std::array<NamedValue<Verdict>, 3> EnumNames(Verdict) {
  return {{{Verdict::kBetter, "better"},
           {Verdict::kWorse, "worse"},
           {Verdict::kIndistinguishable, "indistinguishable"}}};
}

/// How many times the compute C of a recipe the reference needs for the same
/// loss, were the exponents each recipe's own.
struct BudgetMultiplier {
  double flops = 0.0;
  double decades = 0.0;  // of C, beyond the largest in the data
  Estimate multiplier;
};

/// One recipe. The reference has efficiencies and multiplier 1 and no verdict.
struct RecipeResult {
  std::string name;
  int runs = 0;
  Chinchilla law;               // of the joint fit
  Estimate params_efficiency;   // rho_N
  Estimate tokens_efficiency;   // rho_D
  Estimate compute_multiplier;  // rho_N rho_D, at any budget
  std::optional<Verdict> verdict;
  std::vector<BudgetMultiplier> budgets;  // empty: kOffset is unsupported
};

struct CompareOptions {
  std::string by;         // column or axis that the labels are of
  std::string reference;  // a label; empty: the first to appear
  std::optional<ParamsKind> params;
  double delta = 1e-3;  // where the Huber penalty turns linear
  BootstrapOptions bootstrap;
  std::vector<double> budgets_flops;
};

/// Everything that a comparison has to say. When `status` is not kOk, only the
/// names, the numbers of runs and `reason` count.
struct RecipeComparison {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  std::string source;
  std::string by;
  ParamsKind params = ParamsKind::kAsGiven;
  LossUnit loss_unit = LossUnit::kNats;
  int reference = 0;
  std::vector<RecipeResult> recipes;  // in order of appearance

  RecipeFit joint;     // E, alpha and beta shared
  RecipeFit separate;  // only E shared
  double delta = 0.0;
  double largest_flops = 0.0;  // largest C in the data

  SharingTest same_law;        // one law for all recipes, against `joint`
  SharingTest same_exponents;  // `joint` against `separate`

  std::vector<UnexplainedRun> unexplained;  // by `joint`

  /// Of recipes that are values of one number; there in any case.
  std::optional<SettingOptima> optima;

  std::optional<Resampling> resampling;  // absent: no bootstrap
  bool paired = false;                   // the same runs of every recipe
  int failed = 0;           // refits of `joint` that were not determined
  int failed_separate = 0;  // and of `separate`

  std::vector<std::string> notes;
  std::vector<std::string> warnings;  // InWords adds those of the fits
};

/// Compares the recipes that the labels tell apart.
///
/// Unsupported with fewer than 3 runs or only one (N, D) of a recipe, fewer
/// than 3 different N or D in all, no more runs than parameters, and where the
/// joint optimum is not one point.
/// Deterministic: the same observations, options and seed give the same
/// comparison whatever the number of threads.
/// REQUIRES: a label for each observation.
/// Throws Error with fewer than two labels, more than 20, a reference that is
/// none of them, and options out of range.
RecipeComparison CompareRecipes(const LabelledObservations& observations,
                                const CompareOptions& options);

}  // namespace isoflop
