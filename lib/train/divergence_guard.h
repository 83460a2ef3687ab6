// When to give a training up: a diverged run is a result, and no more time is
// spent on it.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/core/json.h"
#include "lib/core/object_reader.h"
#include "lib/sweep/model_shape.h"

namespace isoflop {

/// Watches the losses of a training. It has diverged when
///
///   * a loss or the norm of a gradient is not finite, or
///   * the mean loss over kInterval steps (0-19, 20-39, ...) lies more than
///     max(1, ln(vocab size) / 2) nats, or, of squared errors, four times the
///     first such mean, above the lowest such mean before.
///
/// A rule of steps, and not of log lines or of time, so that the same run
/// always ends the same way. Loss spikes that heal are much smaller.
class DivergenceGuard {
 public:
  static constexpr std::int64_t kInterval = 20;  // steps

  DivergenceGuard() = default;
  explicit DivergenceGuard(const ModelShape& shape);

  /// Takes in update number `step`, counted from 0. Returns why the training
  /// has diverged, if it has. Losses in the unit of the task.
  std::optional<std::string> Add(std::int64_t step, double loss,
                                 double grad_norm);

  Json ToJson() const;

  /// Takes over what ToJson wrote.
  void Load(const Json& json, const std::string& path, Problems* problems);

 private:
  std::optional<double> limit_ = 1.0;  // above the lowest mean; absent: four
                                       // times the first mean
  double sum_ = 0.0;                   // of the losses of the current interval
  std::optional<double> first_mean_;   // of squared errors
  std::optional<double> lowest_mean_;
};

}  // namespace isoflop
