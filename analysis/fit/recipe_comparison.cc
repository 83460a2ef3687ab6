#include "analysis/fit/recipe_comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "analysis/fit/allocation.h"
#include "analysis/fit/limits.h"
#include "analysis/fit/recipe_bootstrap.h"
#include "analysis/fit/recipe_resample.h"
#include "analysis/fit/recipe_solver.h"
#include "analysis/fit/resampled_spread.h"
#include "analysis/laws/recipe_scaling.h"
#include "lib/core/error.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::size_t kMostRecipes = 20;
constexpr int kFewestRuns = 3;

/// A logarithm of a multiplier this near to 0 is rounding.
constexpr double kEqual = 1e-6;

/// Exponents differ where chance would have it this seldom.
constexpr double kSignificance = 0.05;

/// Observations with their recipes as numbers.
struct Labelled {
  std::vector<Observation> rows;
  std::vector<int> recipes;
  std::vector<std::string> names;
};

Labelled Number(const ObservationSet& set,
                const std::vector<std::string>& labels, const std::string& by) {
  Labelled labelled{.rows = set.rows, .recipes = {}, .names = {}};
  for (const std::string& label : labels) {
    const auto known = std::ranges::find(labelled.names, label);
    labelled.recipes.push_back(
        static_cast<int>(known - labelled.names.begin()));
    if (known != labelled.names.end()) continue;
    labelled.names.push_back(label);
    Require(labelled.names.size() <= kMostRecipes,
            "{}: --by {}: more than {} values: compare by what tells a few "
            "recipes apart",
            set.source, by, kMostRecipes);
  }
  return labelled;
}

int ReferenceOf(const Labelled& labelled, const std::string& reference) {
  if (reference.empty()) return 0;
  const auto found = std::ranges::find(labelled.names, reference);
  const std::vector<std::string_view> known(labelled.names.begin(),
                                            labelled.names.end());
  Require(found != labelled.names.end(),
          "--reference: '{}' is none of the recipes{}; they are {}", reference,
          Suggestion(reference, known), fmt::join(known, ", "));
  return static_cast<int>(found - labelled.names.begin());
}

/// What keeps one recipe from being compared; empty when nothing does.
std::string TooFew(const Labelled& labelled, int recipe) {
  std::vector<Observation> own;
  for (std::size_t i = 0; i < labelled.rows.size(); ++i) {
    if (labelled.recipes[i] == recipe) own.push_back(labelled.rows[i]);
  }
  const auto& name = labelled.names[static_cast<std::size_t>(recipe)];
  if (static_cast<int>(own.size()) < kFewestRuns) {
    return fmt::format("recipe '{}' has {} run{}: at least {} are needed", name,
                       own.size(), own.size() == 1 ? "" : "s", kFewestRuns);
  }
  if (CountDistinct(own, &Observation::N) < 2 &&
      CountDistinct(own, &Observation::D) < 2) {
    return fmt::format(
        "the runs of recipe '{}' all have the same N and D: its A and B "
        "cannot be told apart",
        name);
  }
  return {};
}

std::string TooFew(const Labelled& labelled) {
  const auto recipes = static_cast<int>(labelled.names.size());
  for (int recipe = 0; recipe < recipes; ++recipe) {
    std::string reason = TooFew(labelled, recipe);
    if (!reason.empty()) return reason;
  }
  const int parameters = RecipeLayout(Sharing::kExponents, recipes).size();
  if (static_cast<int>(labelled.rows.size()) <= parameters) {
    return fmt::format(
        "{} runs cannot test a joint law of {} parameters for {} recipes",
        labelled.rows.size(), parameters, recipes);
  }
  const std::size_t sizes = CountDistinct(labelled.rows, &Observation::N);
  const std::size_t tokens = CountDistinct(labelled.rows, &Observation::D);
  if (sizes >= kFewestValues && tokens >= kFewestValues) return {};
  return fmt::format(
      "{} different N and {} different D in all recipes: at least {} of each "
      "are needed to see a power over a constant",
      sizes, tokens, kFewestValues);
}

/// The exponents of each recipe's own law, where it has one.
std::vector<Exponents> OwnExponents(const Labelled& labelled) {
  std::vector<Exponents> exponents;
  for (std::size_t recipe = 0; recipe < labelled.names.size(); ++recipe) {
    std::vector<Observation> own;
    for (std::size_t i = 0; i < labelled.rows.size(); ++i) {
      if (labelled.recipes[i] == static_cast<int>(recipe)) {
        own.push_back(labelled.rows[i]);
      }
    }
    const ChinchillaFit fit = FitChinchilla(own, ObjectiveOptions{});
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
      : labelled_(Number(set, labels, options.by)),
        data_(labelled_.rows, labelled_.recipes),
        options_(options),
        result_(*result) {}

  const Labelled& labelled() const { return labelled_; }

  void FitLaws() {
    exponents_ = OwnExponents(labelled_);
    const Penalty huber = Penalty::Huber(options_.delta);
    result_.joint = Solver(Sharing::kExponents, huber).Solve(exponents_);
    result_.status = result_.joint.status;
    result_.reason = result_.joint.reason;
    if (result_.status != FitStatus::kOk) return;
    result_.separate = FitSeparate(huber);
  }

  void TestSharing() {
    const Penalty squares = Penalty::Squares();
    const auto runs = static_cast<int>(labelled_.rows.size());
    const RecipeFit one =
        Solver(Sharing::kEverything, squares).Solve(exponents_);
    const RecipeFit joint =
        Solver(Sharing::kExponents, squares).Solve(exponents_);
    result_.same_law = CompareSharing(one, joint, runs);
    result_.same_exponents = CompareSharing(joint, FitSeparate(squares), runs);
  }

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
    const Penalty huber = Penalty::Huber(options_.delta);
    return ResampleRecipes(
        units, labelled_.rows.size(), *result_.resampling,
        {Solver(Sharing::kExponents, huber), result_.joint.laws},
        {Solver(Sharing::kOffset, huber), result_.separate.laws},
        bootstrap.threads);
  }

 private:
  int recipes() const { return static_cast<int>(labelled_.names.size()); }

  RecipeSolver Solver(Sharing sharing, const Penalty& penalty) const {
    return {data_, recipes(), sharing, penalty};
  }

  RecipeFit FitSeparate(const Penalty& penalty) const {
    const int parameters = RecipeLayout(Sharing::kOffset, recipes()).size();
    if (static_cast<int>(labelled_.rows.size()) > parameters) {
      return Solver(Sharing::kOffset, penalty).Solve(exponents_);
    }
    RecipeFit none;
    none.reason = fmt::format(
        "{} runs cannot test {} parameters, as many as exponents of each "
        "recipe's own make",
        labelled_.rows.size(), parameters);
    return none;
  }

  Labelled labelled_;
  RecipeData data_;
  const CompareOptions& options_;
  RecipeComparison& result_;
  std::vector<Exponents> exponents_;
};

/// A number of a recipe that follows from its law and the reference's.
using OfPair = double (*)(const Chinchilla& recipe, const Chinchilla& reference,
                          double C);

double ParamsEfficiency(const Chinchilla& recipe, const Chinchilla& reference,
                        double /*C*/) {
  return EfficiencyOf(recipe, reference).params;
}

double TokensEfficiency(const Chinchilla& recipe, const Chinchilla& reference,
                        double /*C*/) {
  return EfficiencyOf(recipe, reference).tokens;
}

double Multiplier(const Chinchilla& recipe, const Chinchilla& reference,
                  double C) {
  return std::exp(LogComputeMultiplier(recipe, reference, C));
}

/// Estimates numbers of one recipe by one of the two fits.
class PairEstimator {
 public:
  using Laws = std::optional<std::vector<Chinchilla>> RecipeReplicate::*;

  PairEstimator(const RecipeFit& fit,
                const std::vector<RecipeReplicate>& replicates, Laws laws,
                int units, int recipe, int reference)
      : fit_(fit),
        replicates_(replicates),
        laws_(laws),
        units_(units),
        recipe_(static_cast<std::size_t>(recipe)),
        reference_(static_cast<std::size_t>(reference)) {}

  Estimate operator()(OfPair number, double C) const {
    Estimate estimate;
    estimate.value = number(fit_.laws[recipe_], fit_.laws[reference_], C);
    std::vector<double> values;
    for (const RecipeReplicate& replicate : replicates_) {
      const auto& laws = replicate.*laws_;
      if (!laws) continue;
      const double value = number((*laws)[recipe_], (*laws)[reference_], C);
      if (std::isfinite(value)) values.push_back(value);
    }
    const bool most = 2 * values.size() >= replicates_.size();
    if (values.size() < 2 || !most) return estimate;
    const Spread spread = SpreadOf(values, estimate.value, units_);
    if (std::isfinite(spread.interval95.high)) estimate.spread = spread;
    return estimate;
  }

 private:
  const RecipeFit& fit_;
  const std::vector<RecipeReplicate>& replicates_;
  Laws laws_;
  int units_;
  std::size_t recipe_;
  std::size_t reference_;
};

std::optional<Verdict> VerdictOf(const Estimate& multiplier) {
  if (!multiplier.spread) return std::nullopt;
  const Interval& interval = multiplier.spread->interval95;
  if (std::log(interval.low) > kEqual) return Verdict::kBetter;
  if (std::log(interval.high) < -kEqual) return Verdict::kWorse;
  return Verdict::kIndistinguishable;
}

void AddResults(const std::vector<RecipeReplicate>& replicates,
                const CompareOptions& options, RecipeComparison* result) {
  constexpr double kAnyBudget = 6.0;
  const int units = result->resampling ? result->resampling->units : 0;
  for (int recipe = 0; recipe < static_cast<int>(result->recipes.size());
       ++recipe) {
    RecipeResult& row = result->recipes[static_cast<std::size_t>(recipe)];
    row.law = result->joint.laws[static_cast<std::size_t>(recipe)];
    if (recipe == result->reference) continue;
    const PairEstimator joint(result->joint, replicates,
                              &RecipeReplicate::joint, units, recipe,
                              result->reference);
    row.params_efficiency = joint(ParamsEfficiency, kAnyBudget);
    row.tokens_efficiency = joint(TokensEfficiency, kAnyBudget);
    row.compute_multiplier = joint(Multiplier, kAnyBudget);
    row.verdict = VerdictOf(row.compute_multiplier);
    if (result->separate.status != FitStatus::kOk) continue;
    const PairEstimator separate(result->separate, replicates,
                                 &RecipeReplicate::separate, units, recipe,
                                 result->reference);
    for (const double C : options.budgets_flops) {
      const Estimate multiplier = separate(Multiplier, C);
      if (!std::isfinite(multiplier.value) || !(multiplier.value > 0.0)) {
        continue;
      }
      row.budgets.push_back({.flops = C,
                             .decades = DecadesBeyond(C, result->largest_flops),
                             .multiplier = multiplier});
    }
  }
}

void AddWarnings(RecipeComparison* result) {
  const SharingTest& test = result->same_exponents;
  if (test.status == FitStatus::kOk && test.p_value < kSignificance) {
    result->warnings.push_back(fmt::format(
        "the recipes do not share exponents (F = {:.3g}, p = {:.2g}): rho_N, "
        "rho_D and the compute multiplier are averages over these runs, and "
        "the multiplier changes with the budget",
        test.F, test.p_value));
  }
  if (test.status != FitStatus::kOk) {
    result->warnings.push_back(
        "whether the recipes share exponents could not be tested: " +
        test.reason);
  }
  if (result->resampling &&
      2 * result->failed > result->resampling->resamples) {
    result->warnings.push_back(
        fmt::format("{} of {} resamples determine no joint law: there are no "
                    "intervals, and no verdict",
                    result->failed, result->resampling->resamples));
  }
  if (!result->joint.certificate.converged) {
    result->warnings.push_back("the joint fit did not converge");
  }
}

bool AllNumbers(const RecipeComparison& result) {
  return std::ranges::all_of(result.recipes, [](const RecipeResult& recipe) {
    const double product =
        recipe.params_efficiency.value * recipe.tokens_efficiency.value;
    return std::isfinite(product) && product > 0.0 &&
           std::isfinite(recipe.compute_multiplier.value);
  });
}

/// Sets what is known before anything is fitted.
void Describe(const ObservationSet& set, const Labelled& labelled,
              const CompareOptions& options, RecipeComparison* result) {
  Require(labelled.names.size() >= 2,
          "{}: --by {}: the only value is '{}': there is nothing to compare",
          set.source, options.by, labelled.names.front());
  result->source = set.source;
  result->by = options.by;
  result->params = set.params;
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
  FitOptions fit;
  fit.objective.delta = options.delta;
  fit.bootstrap = options.bootstrap;
  fit.budgets_flops = options.budgets_flops;
  Validate(fit);
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
  AddResults(replicates, options, &result);
  if (!AllNumbers(result)) {
    result.status = FitStatus::kUnsupported;
    result.reason = "an efficiency is too large or too small for a number";
    return result;
  }
  AddWarnings(&result);
  return result;
}

}  // namespace isoflop
