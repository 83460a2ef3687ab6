#include "analysis/fit/recipe_bootstrap.h"

#include "analysis/fit/share_work.h"

namespace isoflop {
namespace {

std::optional<std::vector<Chinchilla>> Refit(std::span<const double> counts,
                                             RefitProblem* problem) {
  if (problem->estimate.empty()) return std::nullopt;
  return problem->solver.SolveAgain(counts, problem->estimate);
}

}  // namespace

std::vector<RecipeReplicate> ResampleRecipes(const RecipeUnits& units,
                                             std::size_t observations,
                                             const Resampling& resampling,
                                             const RefitProblem& joint,
                                             const RefitProblem& separate,
                                             int threads) {
  std::vector<RecipeReplicate> replicates(
      static_cast<std::size_t>(resampling.resamples));
  ShareWork(resampling.resamples, threads, [&] {
    return [&, own_joint = joint, own_separate = separate](int i) mutable {
      const auto counts = DrawRecipes(units, observations, resampling.seed, i);
      replicates[static_cast<std::size_t>(i)] = {
          .joint = Refit(counts, &own_joint),
          .separate = Refit(counts, &own_separate)};
    };
  });
  return replicates;
}

}  // namespace isoflop
