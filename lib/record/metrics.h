// metrics.jsonl: the loss curve of a trunk or of a branch, a line per logged
// interval, each with a checksum.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "lib/core/json.h"

namespace isoflop {

/// One line. Means are over the steps since the line before. A loss or gradient
/// that is not finite is left out of the file, and read back as infinity.
struct MetricsLine {
  std::int64_t step = 0;    // updates done, trunk included
  std::int64_t tokens = 0;  // trained on so far, trunk included
  double train_loss = 0.0;  // mean, in the unit of the task
  double lr = 0.0;          // of the last of these updates, unscaled by width
  double grad_norm = 0.0;   // of the last of these updates, before clipping
  double tokens_per_second = 0.0;
  std::optional<double> eval_loss;  // likewise, on the line of a last step
};

Json ToJson(const MetricsLine& line);

/// Appends lines to a file.
class MetricsLog {
 public:
  /// Opens the file and cuts off what is torn or beyond `keep_until`, so that
  /// the curve of a resumed run has every step once. Throws Error.
  MetricsLog(const std::filesystem::path& path, std::int64_t keep_until);

  /// Adds a line, unless the file had one of that step or a later one when it
  /// was opened. Throws Error (disk full).
  void Append(const MetricsLine& line);

  /// What was wrong with lines that were there when it was opened, one message
  /// each: they were left out, and the curve has gaps.
  const std::vector<std::string>& damage() const { return damage_; }

  /// Makes what was appended durable. Throws Error.
  void Sync() { file_.Sync(); }

 private:
  const std::filesystem::path& Trimmed(const std::filesystem::path& path,
                                       std::int64_t keep_until);

  std::int64_t last_kept_ = -1;  // step of the last line that was kept
  std::vector<std::string> damage_;
  AppendFile file_;
};

/// Returns the lines of a file, without a torn last one; none when there is no
/// file. Throws Error for a line in the middle that is not valid.
std::vector<MetricsLine> ReadMetrics(const std::filesystem::path& path);

/// Returns the curve of a run from its first step on: the lines of its trunk
/// up to where it branches off, beyond which the trunk goes on for longer runs,
/// and its own.
std::vector<MetricsLine> JoinedCurve(std::vector<MetricsLine> trunk,
                                     std::int64_t branch_step,
                                     const std::vector<MetricsLine>& branch);

}  // namespace isoflop
