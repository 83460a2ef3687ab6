#include "analysis/report/next_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "analysis/diagnose/trunk_noise.h"
#include "analysis/regress/resample.h"
#include "lib/core/error.h"
#include "lib/core/transformed.h"
#include "lib/numeric/resampled_spread.h"
#include "lib/sweep/advice.h"

namespace isoflop {
namespace {

/// Designs are judged by this many laws of the bootstrap.
constexpr std::size_t kLawsToJudgeBy = 64;

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
  Require(!fit.runs.empty(),
          "{}: diagnostics.residuals: does not list the runs, so what others "
          "add to them is not known; fit again",
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

/// How uncertain ln N* or L is. As for interval95 the middle of the draws
/// counts, because the tails are of resamples that lack the runs that matter.
double SpreadOfGoal(const std::vector<Chinchilla>& draws, double target_flops,
                    DesignObjective objective) {
  return HalfMiddleSpread(Transformed(draws, [&](const Chinchilla& law) {
    const Optimum best = OptimumAt(law, target_flops);
    return objective == DesignObjective::kLoss ? best.loss : std::log(best.N);
  }));
}

/// The runs of the fit in their trunks, and what these share of the noise.
struct KnownRuns {
  std::vector<PlacedRun> runs;
  std::size_t trunks = 0;
  double trunk_share = 0.0;
};

KnownRuns KnownRunsOf(const StoredFit& fit) {
  KnownRuns known;
  std::map<std::string, std::size_t> groups;
  std::vector<std::size_t> trunks;
  for (const FittedRun& run : fit.runs) {
    std::size_t trunk = known.trunks;
    if (!run.group.empty()) {
      trunk = groups.emplace(run.group, known.trunks).first->second;
    }
    known.trunks = std::max(known.trunks, trunk + 1);
    known.runs.push_back({run.N, run.D, trunk});
    trunks.push_back(trunk);
  }
  known.trunk_share =
      SharedByTrunks(Transformed(fit.runs, &FittedRun::log_residual), trunks);
  return known;
}

/// New runs of one size share a trunk, which is none of the known.
std::vector<CandidateRun> CandidatesOf(const std::vector<ShapedRun>& shaped,
                                       std::size_t first_trunk) {
  std::map<double, std::size_t> trunks;
  std::vector<CandidateRun> candidates;
  for (const ShapedRun& run : shaped) {
    const std::size_t trunk =
        trunks.emplace(run.params, first_trunk + trunks.size()).first->second;
    candidates.push_back({{run.params, static_cast<double>(run.tokens), trunk},
                          static_cast<double>(run.trunk_tokens)});
  }
  return candidates;
}

/// The grid as it is, without shapes.
SoundRuns PlainCandidates(const ObservedReach& reach) {
  SoundRuns sound;
  for (const double N : CandidateAxis(reach.params)) {
    for (const double D : CandidateAxis(reach.tokens)) {
      const auto objection = ObjectionBySpan(N, D, reach);
      if (objection) {
        ++sound.left_out[*objection];
      } else {
        sound.runs.push_back({{}, N, std::llround(D)});
      }
    }
  }
  sound.unchecked = {"steps", "data", "memory"};
  return sound;
}

double FlopsOf(const ShapedRun& run) {
  return SixND(run.params, static_cast<double>(run.tokens));
}

/// What speaks against runs, and what would mend it.
std::string MendingOf(Objection objection) {
  switch (objection) {
    case Objection::kReach:
      return "the sweep has no shape with such an N; give other sizes";
    case Objection::kRatio:
      return "D/N is outside of the data's; fit runs of more different D/N";
    case Objection::kSteps:
      return fmt::format(
          "fewer than {} steps, or than the schedule takes; give --sweep a "
          "file with a smaller training.batch_tokens",
          kFewestSoundSteps);
    case Objection::kData:
      return "more tokens than the data hold; give more data, or allow more "
             "data.max_epochs";
    case Objection::kMemory:
      return "more memory than there is here; lower "
             "training.micro_batch_tokens";
    case Objection::kBudget:
      break;
  }
  return "more than the budget; raise --flops-budget";
}

/// Throws Error with what would mend it.
void RequireSoundRuns(const SoundRuns& sound, const StoredFit& fit,
                      const BaseSweep* base) {
  if (!sound.runs.empty()) return;
  const ObservedReach& reach = *fit.reach;
  Problems problems;
  problems.Add(
      fit.file,
      fmt::format("no run is sound with N from {:.3g} to {} times {:.3g} and "
                  "D from {:.3g} to {} times {:.3g}",
                  reach.params.smallest, kCandidateReach, reach.params.largest,
                  reach.tokens.smallest, kCandidateReach,
                  reach.tokens.largest));
  for (const auto& [objection, count] : sound.left_out) {
    problems.Add(base == nullptr ? fit.file : base->file(),
                 fmt::format("{} of them: {}", count, MendingOf(objection)));
  }
  problems.ThrowIfAny();
}

/// Leaves out what costs more than the budget. Throws Error where that is all.
void KeepToBudget(double budget_flops, SoundRuns* sound) {
  const double cheapest =
      FlopsOf(*std::ranges::min_element(sound->runs, {}, FlopsOf));
  Require(cheapest <= budget_flops,
          "--flops-budget: {} is too little for any of the {} sound runs: the "
          "cheapest costs {:.4g}",
          budget_flops, sound->runs.size(), cheapest);
  const auto left_out = std::erase_if(sound->runs, [&](const ShapedRun& run) {
    return FlopsOf(run) > budget_flops;
  });
  if (left_out > 0) {
    sound->left_out[Objection::kBudget] = static_cast<int>(left_out);
  }
}

/// Sets the number of seeds that makes most certain, and returns its design.
/// A run that pays may be worth repeating, and a sweep has the same seeds for
/// all of its runs.
Design DesignAtAnySeeds(const std::vector<CandidateRun>& candidates,
                        DesignProblem* problem) {
  Design best = DesignRuns(*problem, candidates);
  DesignProblem other = *problem;
  for (other.seeds = 2; other.seeds <= kMostNextSeeds; ++other.seeds) {
    Design design = DesignRuns(other, candidates);
    if (design.sd_after() >= best.sd_after()) continue;
    best = std::move(design);
    problem->seeds = other.seeds;
  }
  return best;
}

/// Returns draws from all of the bootstrap, evenly.
std::vector<Chinchilla> SomeDraws(const std::vector<Chinchilla>& draws) {
  const std::size_t count = std::min(draws.size(), kLawsToJudgeBy);
  std::vector<Chinchilla> some;
  for (std::size_t i = 0; i < count; ++i) {
    some.push_back(draws[i * draws.size() / count]);
  }
  return some;
}

std::size_t ShortRunsOf(const StoredFit& fit, const BaseSweep* base) {
  if (base == nullptr) return 0;
  return static_cast<std::size_t>(
      std::ranges::count_if(fit.runs, [base](const FittedRun& run) {
        return base->StepsOf(run.D) < kFewestSoundSteps;
      }));
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
  if (base != nullptr && !chosen.empty()) {
    next->sweep = base->SweepOf(chosen, next->seeds);
  }
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
                        const BaseSweep* base, const TrainingSite* site) {
  RequireUsable(fit);
  const double budget = question.budget_flops;
  SoundRuns sound = base != nullptr
                        ? base->Candidates(*fit.reach, fit.params, site)
                        : PlainCandidates(*fit.reach);
  RequireSoundRuns(sound, fit, base);
  KeepToBudget(budget, &sound);
  const auto expected = Transformed(
      sound.runs, [&](const ShapedRun& run) { return ExpectedRun(fit, run); });
  const double target = TargetOf(fit, question);
  const KnownRuns known = KnownRunsOf(fit);
  const double sd_before = SpreadOfGoal(fit.draws, target, question.objective);
  Require(sd_before > 0.0,
          "{}: draws: are all the same: the law is certain already, so no run "
          "would make it more certain",
          fit.file);
  const auto listed = static_cast<double>(known.runs.size());
  DesignProblem problem{
      .law = fit.law,
      .runs = known.runs,
      .times = std::max(1.0, static_cast<double>(fit.used) / listed),
      .trunk_share = known.trunk_share,
      .sd_before = sd_before,
      .objective = question.objective,
      .target_flops = target,
      .budget_flops = budget};
  const auto candidates = CandidatesOf(sound.runs, known.trunks);
  Design chosen = DesignAtAnySeeds(candidates, &problem);
  const Design design =
      JudgedBy(SomeDraws(fit.draws), problem, candidates, std::move(chosen));
  NextRuns next{
      .objective = question.objective,
      .target_flops = target,
      .budget_flops = budget,
      .extrapolation_decades = DecadesBeyond(fit.basis(), target),
      .noise = fit.loss_std ? NoiseSource::kSeedNoise : NoiseSource::kResiduals,
      .trunk_share = known.trunk_share,
      .candidates = sound.runs.size(),
      .left_out = sound.left_out,
      .unchecked = sound.unchecked,
      .draws = fit.draws.size(),
      .seeds = problem.seeds,
      .short_runs = ShortRunsOf(fit, base),
      .sd_before = design.sd_before,
      .sd_after = design.sd_after(),
      .runs = {},
      .sweep = {}};
  AddRuns(design, sound.runs, expected, base, &next);
  return next;
}

}  // namespace isoflop
