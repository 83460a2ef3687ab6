#include "tests/coverage/next_study.h"

#include <algorithm>
#include <cmath>

#include "analysis/diagnose/seed_noise.h"
#include "analysis/fit/bootstrap.h"
#include "analysis/regress/chinchilla_fit.h"
#include "analysis/report/next_runs.h"
#include "lib/core/error.h"
#include "lib/core/random.h"
#include "lib/sweep/advice.h"
#include "lib/sweep/plan.h"

namespace isoflop {
namespace {

using Runs = std::vector<Observation>;

/// By how many factors of e.
double TooFewSteps(std::int64_t steps) {
  return std::max(0.0, std::log(static_cast<double>(kFewestSoundSteps) /
                                static_cast<double>(steps)));
}

/// What training the plan would give.
Runs Train(const NextStudy& study, const Plan& plan, std::uint64_t key) {
  RandomStream random(key);
  Runs runs;
  for (const RunGroup& group : plan.groups) {
    const double of_trunk = study.trunk_noise * random.Normal();
    for (const PlannedRun& run : group.runs) {
      Observation& o = runs.emplace_back();
      o.N = static_cast<double>(Count(group.params, group.convention));
      o.D = static_cast<double>(run.tokens);
      o.C = run.flops;
      o.L = Loss(study.law, o.N, o.D) *
            std::exp(of_trunk + study.run_noise * random.Normal() +
                     study.short_run_loss * TooFewSteps(run.steps));
      o.seed = group.seed;
      o.group = group.id;
    }
  }
  return runs;
}

ChinchillaFit FitTo(const Runs& runs) {
  ChinchillaFit fit = FitChinchilla(runs, {});
  Require(fit.status == FitStatus::kOk, "{}", fit.reason);
  return fit;
}

/// As `isoflop fit` stores it, as far as `next` reads it.
StoredFit StoredFitTo(const Runs& runs, int resamples, int set) {
  const ChinchillaFit fit = FitTo(runs);
  const Resampling resampling =
      Resolve({.resamples = resamples,
               .unit = {},
               .seed = 1000U + static_cast<std::uint64_t>(set)},
              runs);
  const auto bootstrap =
      ChinchillaSpreads(Resample(runs, resampling, {}, {.chinchilla = &fit}, 0),
                        fit.law, resampling.units);
  Require(bootstrap.has_value(), "no bootstrap");
  StoredFit stored;
  stored.status = fit.status;
  stored.law = fit.law;
  stored.draws = bootstrap->laws;
  stored.units = resampling.units;
  stored.largest_flops = std::ranges::max(runs, {}, &Observation::C).C;
  if (const auto noise = SeedNoiseOf(runs)) stored.loss_std = noise->loss_std;
  stored.rms_log_residual = fit.rms_log_residual;
  stored.reach = ReachOf(runs);
  for (const Observation& run : runs) {
    stored.runs.push_back({run.N, run.D,
                           std::log(Loss(fit.law, run.N, run.D) / run.L),
                           run.group});
  }
  return stored;
}

Runs Together(Runs runs, const Runs& more) {
  runs.insert(runs.end(), more.begin(), more.end());
  return runs;
}

double LogParamsOpt(const Chinchilla& law, double flops) {
  return std::log(OptimumAt(law, flops).N);
}

void RequireNoAdvice(const Plan& plan) {
  for (const std::string& note : plan.notes) {
    Require(note.find("steps") == std::string::npos, "{}", note);
  }
}

double RootMeanSquare(const std::vector<NextOutcome>& outcomes,
                      double NextOutcome::*number) {
  double sum = 0.0;
  for (const NextOutcome& outcome : outcomes) {
    sum += outcome.*number * (outcome.*number);
  }
  return std::sqrt(sum / static_cast<double>(outcomes.size()));
}

}  // namespace

NextOutcome FollowNext(const NextStudy& study, int set, int resamples) {
  const auto key = [&](std::uint64_t what) {
    return MixBits(what, static_cast<std::uint64_t>(set));
  };
  const Plan grid = MakePlan(study.sweep);
  const Runs runs = Train(study, grid, key(1));
  const Runs again = Train(study, grid, key(2));
  const StoredFit fit = StoredFitTo(runs, resamples, set);
  const BaseSweep base(study.sweep);
  const NextRuns next =
      ChooseNextRuns(fit, {.budget_flops = Totals(grid).flops}, &base);
  Require(next.sweep.has_value(), "nothing to train");
  const Plan proposed = MakePlan(ParseSweep(*next.sweep, "next.json"));
  RequireNoAdvice(proposed);
  const Runs more = Train(study, proposed, key(3));
  const double truth = LogParamsOpt(study.law, next.target_flops);
  const auto error = [&](const Chinchilla& law) {
    return LogParamsOpt(law, next.target_flops) - truth;
  };
  return {.sd_before = next.sd_before,
          .sd_after = next.sd_after,
          .error_before = error(fit.law),
          .error_after = error(FitTo(Together(runs, more)).law),
          .error_repeated = error(FitTo(Together(runs, again)).law),
          .promised = next.short_runs == 0,
          .flops = Totals(proposed).flops,
          .flops_repeated = Totals(grid).flops};
}

NextSummary Summarise(const std::vector<NextOutcome>& outcomes) {
  const auto rms = [&](double NextOutcome::*number) {
    return RootMeanSquare(outcomes, number);
  };
  return {.sd_before = rms(&NextOutcome::sd_before),
          .sd_after = rms(&NextOutcome::sd_after),
          .error_before = rms(&NextOutcome::error_before),
          .error_after = rms(&NextOutcome::error_after),
          .error_repeated = rms(&NextOutcome::error_repeated),
          .promised = std::ranges::all_of(outcomes, &NextOutcome::promised),
          .flops_ratio =
              rms(&NextOutcome::flops) / rms(&NextOutcome::flops_repeated)};
}

std::vector<NextStudy> AllNextStudies() {
  constexpr Chinchilla kLaw{1.12, 190.0, 820.0, 0.56, 0.58};
  const Json demo =
      LoadSweep(std::string(ISOFLOP_SOURCE_DIR) + "/sweeps/demo.json").given;
  Json two_seeds = demo;
  two_seeds["seeds"] = {0, 1};
  Json cosine = demo;
  cosine["training"]["schedule"] = {{"kind", "cosine"}, {"warmup_steps", 60}};
  Json large_batch = demo;
  large_batch["training"]["batch_tokens"] = 1024;
  return {{.name = "the demo: 32 runs of 10 trunks",
           .sweep = ParseSweep(demo, "demo"),
           .law = kLaw,
           .trunk_noise = 0.003,
           .run_noise = 0.002},
          {.name = "the demo with two seeds",
           .sweep = ParseSweep(two_seeds, "two_seeds"),
           .law = kLaw,
           .trunk_noise = 0.003,
           .run_noise = 0.002},
          {.name = "the demo, every run for itself",
           .sweep = ParseSweep(cosine, "cosine"),
           .law = kLaw,
           .trunk_noise = 0.0,
           .run_noise = 0.0036},
          {.name = "the demo with runs of few steps",
           .sweep = ParseSweep(large_batch, "large_batch"),
           .law = kLaw,
           .trunk_noise = 0.003,
           .run_noise = 0.002,
           .short_run_loss = 0.01}};
}

}  // namespace isoflop
