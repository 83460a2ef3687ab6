// Which runs to train next, by a stored fit.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/decide/design.h"
#include "analysis/report/next_sweep.h"
#include "analysis/report/stored_fit.h"
#include "lib/core/json.h"

namespace isoflop {

/// A target this many times the largest C in the data, where none is given.
inline constexpr double kDefaultTarget = 10.0;

/// At most this many seeds of every new run are thought of.
inline constexpr int kMostNextSeeds = 4;

struct NextQuestion {
  double budget_flops = 0.0;  // for all new runs together
  std::optional<double> target_flops = std::nullopt;  // or kDefaultTarget
  DesignObjective objective = DesignObjective::kParamsOpt;
};

/// Throws Error, by the names of the command line, for numbers out of range.
void Validate(const NextQuestion& question);

/// Where the noise of a run's loss is known from.
enum class NoiseSource { kSeedNoise, kResiduals };

constexpr std::array<NamedValue<NoiseSource>, 2> EnumNames(NoiseSource) {
  return {{{NoiseSource::kSeedNoise, "seed_noise"},
           {NoiseSource::kResiduals, "residuals"}}};
}

/// One run to train.
struct NextRun {
  double N = 0.0;
  double D = 0.0;
  double loss = 0.0;      // that the law expects
  double loss_std = 0.0;  // noise, nats per token
  DesignedRun design;
};

struct NextRuns {
  DesignObjective objective = DesignObjective::kParamsOpt;
  double target_flops = 0.0;
  double budget_flops = 0.0;
  std::optional<double> extrapolation_decades;  // of the target
  NoiseSource noise = NoiseSource::kResiduals;
  double trunk_share = 0.0;  // of the noise; see law_certainty.h
  std::size_t candidates = 0;
  ObjectionCounts left_out;            // of the grid, by what speaks against it
  std::vector<std::string> unchecked;  // of the candidates
  std::size_t draws = 0;
  int seeds = 1;               // that every run is to be trained at
  std::size_t short_runs = 0;  // of the fit, with fewer than kFewestSoundSteps
  double sd_before = 0.0;      // of ln N* or L at the target
  double sd_after = 0.0;       // expected, by chance alone: the bias of short
                               // runs stays in the fit beside it
  std::vector<NextRun> runs;
  std::optional<Json> sweep;  // that trains them, where a base sweep is known
};

/// Chooses runs by DesignRuns among the sound ones, and at how many seeds.
/// Their shapes are those that `base` can have; null: any N and D, and how they
/// would be trained is not checked. Null `site`: memory is not. The noise of a
/// run is the fit's seed noise, or else its rms residual times the loss
/// expected. What they leave is judged by the laws of the bootstrap (JudgedBy).
/// How many steps the runs of the fit had is known as far as `base` trained
/// them. Throws Error when the fit lacks draws, noise, or where its runs
/// are, when its draws are all the same, and when no run is sound, or none
/// within the budget. REQUIRES: fit.status is kOk, Validate(question) passes.
NextRuns ChooseNextRuns(const StoredFit& fit, const NextQuestion& question,
                        const BaseSweep* base,
                        const TrainingSite* site = nullptr);

}  // namespace isoflop
