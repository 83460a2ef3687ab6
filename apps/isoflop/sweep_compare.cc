#include "apps/isoflop/sweep_compare.h"

#include <fmt/core.h>

#include <algorithm>

#include "analysis/report/recipe_report.h"
#include "apps/isoflop/terminal.h"
#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/core/standard_streams.h"

namespace isoflop {

void SetDefaultBudgets(const ObservationSet& set, CompareOptions* options) {
  if (!options->budgets_flops.empty()) return;
  const double largest =
      std::ranges::max_element(set.rows, {}, &Observation::C)->C;
  options->budgets_flops = {largest, 10.0 * largest};
}

RecipeComparison CompareSweep(const Plan& plan,
                              const std::vector<RunResult>& results,
                              const SweepDir& dir, CompareOptions options,
                              const VariantChoice& choice) {
  options.by = RequireAxis(plan, options.by);
  LabelledObservations recipes =
      SweepRecipes(plan, results, options.by, ReadSweepFile(dir, plan), choice);
  recipes.set.source = dir.root().string();
  Require(!recipes.set.rows.empty(),
          "{}: no run has ended well yet, so there is nothing to compare",
          recipes.set.source);
  SetDefaultBudgets(recipes.set, &options);
  return InWords(CompareRecipes(recipes, options));
}

void ReportComparisons(const Plan& plan, const std::vector<RunResult>& results,
                       const SweepDir& dir) {
  for (const std::string& axis : AxesOf(plan)) {
    CompareOptions options;
    options.by = axis;
    try {
      const RecipeComparison comparison =
          CompareSweep(plan, results, dir, options);
      const auto file = dir.root() / fmt::format("compare-{}.json", axis);
      WriteJsonFile(file, ToJson(comparison));
      Print(fmt::format("\n{}", CompareText(comparison, OutputWidth())));
      SayWritten(file.string());
    } catch (const Error& error) {
      // Too few values, or too many: the fit stands without it.
      Print(fmt::format("\nno comparison by {}: {}\n", axis, error.what()));
    }
  }
}

}  // namespace isoflop
