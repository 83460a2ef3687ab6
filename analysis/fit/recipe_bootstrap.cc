#include "analysis/fit/recipe_bootstrap.h"

#include <algorithm>
#include <atomic>
#include <thread>

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
  std::atomic<int> next = 0;
  const auto work = [&] {
    RefitProblem own_joint = joint;
    RefitProblem own_separate = separate;
    for (int i = next++; i < resampling.resamples; i = next++) {
      const auto counts = DrawRecipes(units, observations, resampling.seed, i);
      replicates[static_cast<std::size_t>(i)] = {
          .joint = Refit(counts, &own_joint),
          .separate = Refit(counts, &own_separate)};
    }
  };
  const int cores =
      std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int wanted = std::min(threads > 0 ? std::min(threads, cores) : cores,
                              resampling.resamples);
  std::vector<std::thread> workers;
  workers.reserve(static_cast<std::size_t>(std::max(0, wanted)));
  for (int i = 0; i < wanted; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  return replicates;
}

}  // namespace isoflop
