// The training curves of a sweep directory.

#pragma once

#include <vector>

#include "analysis/observe/training_curve.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns the curve of every branch of `results` that ended well, and of every
/// trunk of one, from their metrics.jsonl: mean training losses, at the middle
/// of the tokens that they are means over. N is counted as the plan does. A
/// curve without a finite loss is left out.
/// Throws Error for a damaged file.
std::vector<TrainingCurve> SweepCurves(const SweepDir& dir, const Plan& plan,
                                       const std::vector<RunResult>& results);

}  // namespace isoflop
