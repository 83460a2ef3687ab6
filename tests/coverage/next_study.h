// Is following `isoflop next` worth it? Sweeps are simulated on a law that is
// known: planned, fitted, followed by the runs that are proposed, and fitted
// again. The rival spends as much on a repetition of the grid.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

/// Sweeps of one kind.
struct NextStudy {
  std::string name;
  SweepSpec sweep;
  Chinchilla law;
  double trunk_noise = 0.0;  // of ln L, shared by the runs of a trunk
  double run_noise = 0.0;    // of ln L, of each run

  // What ln L of a run of fewer steps than a plan calls sound is higher, for
  // every factor of e that they are fewer.
  double short_run_loss = 0.0;
};

/// What became of one simulated sweep. N* is at ten times its largest C.
struct NextOutcome {
  double sd_before = 0.0;  // of ln N*, as `next` says
  double sd_after = 0.0;
  double error_before = 0.0;  // of the fitted ln N*
  double error_after = 0.0;
  double error_repeated = 0.0;  // had the grid been repeated
  bool promised = true;         // `next` knows of no short runs in the fit
  double flops = 0.0;           // of the new runs, each trunk counted once
  double flops_repeated = 0.0;
};

/// The kinds of docs/coverage.md.
std::vector<NextStudy> AllNextStudies();

/// Simulates sweep number `set`; a function of it alone. Throws Error where a
/// fit fails or `next` has nothing to say, and when a plan advises against a
/// run that was proposed.
NextOutcome FollowNext(const NextStudy& study, int set, int resamples);

/// Over many sweeps, root mean squares.
struct NextSummary {
  double sd_before = 0.0;
  double sd_after = 0.0;
  double error_before = 0.0;
  double error_after = 0.0;
  double error_repeated = 0.0;
  bool promised = true;      // for every sweep
  double flops_ratio = 0.0;  // of what is proposed to a repetition, in all
};

/// REQUIRES: not empty.
NextSummary Summarise(const std::vector<NextOutcome>& outcomes);

}  // namespace isoflop
