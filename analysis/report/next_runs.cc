#include "analysis/report/next_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/regress/resample.h"
#include "lib/core/error.h"

namespace isoflop {
namespace {

/// Losses of data without noise are not better known than this, relatively.
constexpr double kLeastNoise = 1e-9;

void RequireUsable(const StoredFit& fit) {
  Require(fit.draws.size() >= 2,
          "{}: draws: next needs the laws of a bootstrap; fit again with "
          "--bootstrap 1000, to {} or more groups of runs, or runs without "
          "groups",
          fit.file, kFewestUnits);
  Require(fit.reach.has_value(),
          "{}: observations: does not say where the runs are (params_range, "
          "tokens_range, tokens_per_param_range); fit again",
          fit.file);
  Require(fit.loss_std || fit.rms_log_residual,
          "{}: neither seed_noise.loss_std nor diagnostics.rms_log_residual is "
          "there, so how noisy a run will be is not known; fit again",
          fit.file);
}

double TargetOf(const StoredFit& fit, const NextQuestion& question) {
  if (question.target_flops) return *question.target_flops;
  Require(fit.largest_flops.has_value(),
          "--target-flops: is required, because {} does not tell the largest C "
          "of its data",
          fit.file);
  return kDefaultTarget * *fit.largest_flops;
}

std::vector<Chinchilla> EvenlyTaken(const std::vector<Chinchilla>& draws) {
  if (draws.size() <= kMostDesignDraws) return draws;
  std::vector<Chinchilla> taken;
  for (std::size_t i = 0; i < kMostDesignDraws; ++i) {
    taken.push_back(draws[i * draws.size() / kMostDesignDraws]);
  }
  return taken;
}

/// Candidates without shapes: the grid as it is.
std::vector<ShapedRun> PlainCandidates(const ObservedReach& reach,
                                       double budget_flops) {
  std::vector<ShapedRun> runs;
  for (const double N : CandidateAxis(reach.params)) {
    for (const double D : CandidateAxis(reach.tokens)) {
      if (IsCandidate(N, D, reach, budget_flops)) {
        runs.push_back({{}, N, std::llround(D)});
      }
    }
  }
  return runs;
}

NextRun ExpectedRun(const StoredFit& fit, const ShapedRun& shaped) {
  NextRun run;
  run.N = shaped.params;
  run.D = static_cast<double>(shaped.tokens);
  run.loss = Loss(fit.law, run.N, run.D);
  const double relative =
      std::max(kLeastNoise, fit.rms_log_residual.value_or(0.0));
  run.loss_std = fit.loss_std.value_or(relative * run.loss);
  return run;
}

/// Takes over what the design chose, and the sweep that trains it.
void AddRuns(const Design& design, const std::vector<ShapedRun>& shaped,
             const std::vector<NextRun>& expected, const BaseSweep* base,
             NextRuns* next) {
  std::vector<ShapedRun> chosen;
  for (const DesignedRun& run : design.runs) {
    next->runs.push_back(expected[run.candidate]);
    next->runs.back().design = run;
    chosen.push_back(shaped[run.candidate]);
  }
  if (base != nullptr && !chosen.empty()) next->sweep = base->SweepOf(chosen);
}

}  // namespace

void Validate(const NextQuestion& question) {
  Problems problems;
  const auto check = [&problems](const char* option, double flops) {
    if (flops > 0.0 && flops <= 1e40) return;
    problems.Add(
        option, fmt::format("must be above 0 and at most 1e40, got {}", flops));
  };
  check("--flops-budget", question.budget_flops);
  if (question.target_flops) check("--target-flops", *question.target_flops);
  problems.ThrowIfAny();
}

NextRuns ChooseNextRuns(const StoredFit& fit, const NextQuestion& question,
                        const BaseSweep* base) {
  RequireUsable(fit);
  const double budget = question.budget_flops;
  const auto shaped = base != nullptr
                          ? base->Candidates(*fit.reach, fit.params, budget)
                          : PlainCandidates(*fit.reach, budget);
  Require(!shaped.empty(),
          "--flops-budget: {} pays for none of the candidates: N from {:.3g} "
          "and D from {:.3g} on",
          budget, fit.reach->params.smallest, fit.reach->tokens.smallest);
  std::vector<NextRun> expected;
  std::vector<CandidateRun> candidates;
  for (const ShapedRun& run : shaped) {
    const NextRun known = ExpectedRun(fit, run);
    expected.push_back(known);
    candidates.push_back({known.N, known.D, known.loss_std});
  }
  const std::vector<Chinchilla> draws = EvenlyTaken(fit.draws);
  const double target = TargetOf(fit, question);
  const Design design = DesignRuns({.draws = draws,
                                    .objective = question.objective,
                                    .target_flops = target,
                                    .budget_flops = budget},
                                   candidates);
  Require(design.sd_before > 0.0,
          "{}: draws: are all the same, so there is nothing to make more "
          "certain",
          fit.file);
  NextRuns next{
      .objective = question.objective,
      .target_flops = target,
      .budget_flops = budget,
      .extrapolation_decades = DecadesBeyond(fit.basis(), target),
      .noise = fit.loss_std ? NoiseSource::kSeedNoise : NoiseSource::kResiduals,
      .candidates = candidates.size(),
      .draws = draws.size(),
      .sd_before = design.sd_before,
      .sd_after = design.sd_after(),
      .runs = {},
      .sweep = {}};
  AddRuns(design, shaped, expected, base, &next);
  return next;
}

}  // namespace isoflop
