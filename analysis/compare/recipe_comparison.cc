#include "analysis/compare/recipe_comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <optional>

#include "analysis/compare/recipe_fit.h"
#include "analysis/compare/recipe_labels.h"
#include "analysis/compare/recipe_resample.h"
#include "analysis/compare/recipe_results.h"
#include "analysis/regress/chinchilla_fit.h"
#include "lib/core/error.h"

namespace isoflop {
namespace {

/// The exponents of each recipe's own law, where it has one.
std::vector<Exponents> OwnExponents(const LabelledRuns& labelled) {
  std::vector<Exponents> exponents;
  for (std::size_t recipe = 0; recipe < labelled.names.size(); ++recipe) {
    const ChinchillaFit fit = FitChinchilla(
        RunsOfRecipe(labelled, static_cast<int>(recipe)), ObjectiveOptions{});
    if (fit.status != FitStatus::kOk) continue;
    exponents.push_back({fit.law.alpha, fit.law.beta});
  }
  return exponents;
}

/// One comparison on its way from observations to results.
class Comparer {
 public:
  Comparer(const ObservationSet& set, const std::vector<std::string>& labels,
           const CompareOptions& options, RecipeComparison* result)
      : labelled_(NumberRecipes(set, labels, options.by)),
        runs_(RunsOf(labelled_.rows)),
        options_(options),
        result_(*result) {
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      runs_[i].variant = labelled_.recipes[i];
    }
  }

  const LabelledRuns& labelled() const { return labelled_; }

  void FitLaws() {
    exponents_ = OwnExponents(labelled_);
    result_.joint = FitRecipes(Problem(RecipeSharing::kExponents), exponents_);
    result_.status = result_.joint.status;
    result_.reason = result_.joint.reason;
    if (result_.status != FitStatus::kOk) return;
    result_.separate = FitSeparate();
    result_.unexplained = UnexplainedRuns(labelled_, result_.joint.laws,
                                          result_.joint.parameters);
  }

  void TestSharing() {
    const RecipeFit one =
        FitRecipes(Problem(RecipeSharing::kEverything), exponents_);
    const Penalty penalty = Penalty::Huber(options_.delta);
    result_.same_law = CompareSharing(one, result_.joint, penalty);
    result_.same_exponents =
        CompareSharing(result_.joint, result_.separate, penalty);
  }

  /// How many units of each recipe were drawn from; empty: no bootstrap.
  const std::vector<int>& units() const { return units_; }

  std::vector<RecipeReplicate> Resample() {
    const BootstrapOptions& bootstrap = options_.bootstrap;
    result_.resampling = Resolve(bootstrap, labelled_.rows);
    const RecipeUnits units = UnitsOf(labelled_.rows, labelled_.recipes,
                                      recipes(), result_.resampling->unit);
    if (units.smallest() < kFewestUnits) {
      result_.resampling.reset();
      result_.warnings.push_back(fmt::format(
          "no intervals: the bootstrap would draw from only {} units of a "
          "recipe, and at least {} are needed to see a spread",
          units.smallest(), kFewestUnits));
      return {};
    }
    result_.resampling->units = units.size();
    result_.paired = units.paired;
    units_ = units.OfRecipes(recipes());
    const RecipeRefits joint(Problem(RecipeSharing::kExponents), result_.joint);
    std::optional<RecipeRefits> separate;
    if (result_.separate.status == FitStatus::kOk) {
      separate.emplace(Problem(RecipeSharing::kOffset), result_.separate);
    }
    return ResampleRecipes(units, labelled_.rows.size(), *result_.resampling,
                           joint, separate ? &*separate : nullptr,
                           bootstrap.threads);
  }

 private:
  int recipes() const { return static_cast<int>(labelled_.names.size()); }

  RecipeProblem Problem(RecipeSharing sharing) const {
    RecipeProblem problem{runs_, recipes(), sharing, {}};
    problem.objective.delta = options_.delta;
    return problem;
  }

  RecipeFit FitSeparate() const {
    const int parameters = 1 + 4 * recipes();
    if (static_cast<int>(labelled_.rows.size()) > parameters) {
      return FitRecipes(Problem(RecipeSharing::kOffset), exponents_);
    }
    RecipeFit none;
    none.reason = fmt::format(
        "{} runs cannot test {} parameters, as many as exponents of each "
        "recipe's own make",
        labelled_.rows.size(), parameters);
    return none;
  }

  LabelledRuns labelled_;
  std::vector<LawRun> runs_;
  const CompareOptions& options_;
  RecipeComparison& result_;
  std::vector<Exponents> exponents_;
  std::vector<int> units_;
};

/// Sets what is known before anything is fitted.
void Describe(const ObservationSet& set, const LabelledRuns& labelled,
              const CompareOptions& options, RecipeComparison* result) {
  Require(labelled.names.size() >= 2,
          "{}: --by {}: the only value is '{}': there is nothing to compare",
          set.source, options.by, labelled.names.front());
  result->source = set.source;
  result->by = options.by;
  result->params = set.params;
  result->loss_unit = set.loss_unit;
  result->delta = options.delta;
  result->largest_flops = std::ranges::max(set.rows, {}, &Observation::C).C;
  result->notes = set.notes;
  result->warnings = set.warnings;
  result->reference = ReferenceOf(labelled, options.reference);
  for (const std::string& name : labelled.names) {
    const auto recipe = static_cast<int>(result->recipes.size());
    RecipeResult row;
    row.name = name;
    row.runs = static_cast<int>(std::ranges::count(labelled.recipes, recipe));
    row.params_efficiency.value = 1.0;
    row.tokens_efficiency.value = 1.0;
    row.compute_multiplier.value = 1.0;
    result->recipes.push_back(std::move(row));
  }
}

void Validate(const CompareOptions& options) {
  Problems problems;
  CheckPositive("--delta", options.delta, &problems);
  CheckBootstrap(options.bootstrap, &problems);
  for (const double flops : options.budgets_flops) {
    CheckPositive("--flops", flops, &problems);
  }
  problems.ThrowIfAny();
}

}  // namespace

RecipeComparison CompareRecipes(const LabelledObservations& observations,
                                const CompareOptions& options) {
  Validate(options);
  const ObservationSet& given = observations.set;
  Require(!given.rows.empty(), "{}: no observations", given.source);
  assert(observations.labels.size() == given.rows.size());
  const ObservationSet set =
      WithParams(given, options.params.value_or(given.params));
  RecipeComparison result;
  Comparer comparer(set, observations.labels, options, &result);
  Describe(set, comparer.labelled(), options, &result);
  result.optima = OptimaOf(set.rows, observations.labels);
  result.reason = TooFew(comparer.labelled());
  if (!result.reason.empty()) return result;
  comparer.FitLaws();
  if (result.status != FitStatus::kOk) return result;
  comparer.TestSharing();
  std::vector<RecipeReplicate> replicates;
  if (options.bootstrap.resamples > 0) replicates = comparer.Resample();
  for (const RecipeReplicate& replicate : replicates) {
    if (!replicate.joint) ++result.failed;
    if (!replicate.separate) ++result.failed_separate;
  }
  AddResults(replicates, comparer.units(), options.budgets_flops, &result);
  if (!AllNumbers(result)) {
    result.status = FitStatus::kUnsupported;
    result.reason = "an efficiency is too large or too small for a number";
  }
  return result;
}

}  // namespace isoflop
