// What trackers and schedulers call the end of a run.

#pragma once

#include <string_view>

namespace isoflop {

enum class RunEnd {
  kFinished,    // its loss counts
  kUnfinished,  // it crashed, was killed, diverged, still runs or waits
  kUnknown      // no word that is known
};

/// Returns what a status means, in any case: of this program (ok, diverged,
/// failed), Weights & Biases, MLflow, Comet, Neptune, Optuna, Ray and Slurm.
/// An empty one is finished: what counts then is whether there is a loss.
RunEnd RunEndOf(std::string_view status);

}  // namespace isoflop
