#include "analysis/compare/recipe_labels.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/observe/law_run.h"
#include "analysis/regress/span_support.h"
#include "analysis/solve/limits.h"
#include "lib/core/error.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::size_t kMostRecipes = 20;
constexpr int kFewestRuns = 3;

/// What keeps one recipe from being compared; empty when nothing does.
std::string TooFewOf(const LabelledRuns& labelled, int recipe) {
  const std::vector<Observation> own = RunsOfRecipe(labelled, recipe);
  const auto& name = labelled.names[static_cast<std::size_t>(recipe)];
  if (static_cast<int>(own.size()) < kFewestRuns) {
    return fmt::format("recipe '{}' has {}: at least {} are needed", name,
                       Counted(own.size(), "run"), kFewestRuns);
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

}  // namespace

LabelledRuns NumberRecipes(const ObservationSet& set,
                           const std::vector<std::string>& labels,
                           const std::string& by) {
  LabelledRuns labelled{.rows = set.rows, .recipes = {}, .names = {}};
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

int ReferenceOf(const LabelledRuns& labelled, const std::string& reference) {
  if (reference.empty()) return 0;
  const auto found = std::ranges::find(labelled.names, reference);
  Require(found != labelled.names.end(),
          "--reference: '{}' is none of the recipes{}; they are {}", reference,
          Suggestion(reference, labelled.names),
          fmt::join(labelled.names, ", "));
  return static_cast<int>(found - labelled.names.begin());
}

std::vector<Observation> RunsOfRecipe(const LabelledRuns& labelled,
                                      int recipe) {
  std::vector<Observation> own;
  for (std::size_t i = 0; i < labelled.rows.size(); ++i) {
    if (labelled.recipes[i] == recipe) own.push_back(labelled.rows[i]);
  }
  return own;
}

std::string TooFew(const LabelledRuns& labelled) {
  const auto recipes = static_cast<int>(labelled.names.size());
  for (int recipe = 0; recipe < recipes; ++recipe) {
    std::string reason = TooFewOf(labelled, recipe);
    if (!reason.empty()) return reason;
  }
  const int parameters = 3 + 2 * recipes;
  if (static_cast<int>(labelled.rows.size()) <= parameters) {
    return fmt::format(
        "{} runs cannot test a joint law of {} parameters for {} recipes",
        labelled.rows.size(), parameters, recipes);
  }
  const std::vector<LawRun> runs = RunsOf(labelled.rows);
  for (std::string reason :
       {LackOfSpan(runs, &LawRun::N, "N"), LackOfSpan(runs, &LawRun::D, "D")}) {
    if (!reason.empty()) return reason;
  }
  const std::size_t sizes = CountDistinct(labelled.rows, &Observation::N);
  const std::size_t tokens = CountDistinct(labelled.rows, &Observation::D);
  if (sizes >= kFewestValues && tokens >= kFewestValues) return {};
  return fmt::format(
      "{} different N and {} different D in all recipes: at least {} of each "
      "are needed to see a power over a constant",
      sizes, tokens, kFewestValues);
}

}  // namespace isoflop
