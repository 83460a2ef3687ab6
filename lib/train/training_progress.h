// Where a training stands, besides its weights and moments.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/core/json.h"
#include "lib/core/object_reader.h"
#include "lib/train/divergence_guard.h"

namespace isoflop {

/// Losses in the unit of the task. Everything that a resumed run needs to write
/// the same curve as an uninterrupted one.
struct TrainingProgress {
  std::int64_t step = 0;           // updates done, trunk included
  double interval_loss_sum = 0.0;  // since the last line of the curve
  std::int64_t interval_steps = 0;
  std::optional<double> last_mean_loss;  // of the last line
  double grad_norm = 0.0;                // of the last update
  DivergenceGuard guard;
  // Of work that no run has been charged with yet: its own since the branch,
  // and the stretch of the trunk that it was the first to need.
  double seconds = 0.0;
  std::int64_t tokens = 0;

  /// Mean since the last line, or that line's where nothing came after it.
  std::optional<double> MeanLoss() const;
};

Json ToJson(const TrainingProgress& progress);

/// Takes over what ToJson wrote; `progress` keeps what does not go to files.
void LoadProgress(const Json& json, const std::string& path,
                  TrainingProgress* progress, Problems* problems);

}  // namespace isoflop
