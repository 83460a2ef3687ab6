// What a running sweep looks like: its state as a value, drawn by pure
// functions, and where news of it goes.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/record/run_result.h"

namespace isoflop {

/// What one slot is doing.
struct SlotProgress {
  std::string device;
  std::string group;           // empty: idle
  std::string run;             // id of the branch in work; empty: trunk
  std::string variant;         // what its group varies, in words
  double fraction = 0.0;       // of the group's tokens
  std::optional<double> loss;  // train loss, in the unit of the task
  double tokens_per_second = 0.0;
};

/// What the whole sweep is doing.
struct SweepProgress {
  std::int64_t runs = 0;  // in the plan
  std::int64_t ok = 0;
  std::int64_t diverged = 0;
  std::int64_t failed = 0;
  double fraction = 0.0;               // of the estimated work
  double elapsed_seconds = 0.0;        // since this front end started
  std::optional<double> seconds_left;  // estimated
  bool stopping = false;               // asked to stop, waiting for workers
  std::vector<SlotProgress> slots;

  std::int64_t ended() const { return ok + diverged + failed; }
  double tokens_per_second() const;
};

/// Returns the lines of a live display, without line ends: a summary, and a
/// line per busy slot; at most `height`, none wider than `width` columns.
std::vector<std::string> RenderProgress(const SweepProgress& progress,
                                        std::size_t width, std::size_t height);

/// Returns it for programs: runs, ended, ok, diverged, failed, fraction,
/// elapsed_seconds, seconds_left where it is known, tokens_per_second,
/// stopping, and "slots" with device, group, run (absent: the trunk), fraction
/// and loss of those at work.
Json ToJson(const SweepProgress& progress);

/// Returns the summary on one plain line, for logs.
std::string SummaryLine(const SweepProgress& progress);

/// Returns one plain line about a run that has ended.
std::string RunLine(const RunResult& result, const SweepProgress& progress);

/// Where news of a sweep goes. Calls come from one thread.
class Progress {
 public:
  virtual ~Progress() = default;

  /// The state as it is now; called several times a second.
  virtual void Show(const SweepProgress& progress) = 0;

  /// A run has its result.
  virtual void RunEnded(const RunResult& result,
                        const SweepProgress& progress) = 0;

  /// Something that a user should know, now.
  virtual void Note(const std::string& message) = 0;

  /// The sweep has ended or stopped; leaves the cursor on a fresh line.
  virtual void Finish(const SweepProgress& progress) = 0;
};

/// Shows nothing.
class SilentProgress : public Progress {
 public:
  void Show(const SweepProgress&) override {}
  void RunEnded(const RunResult&, const SweepProgress&) override {}
  void Note(const std::string&) override {}
  void Finish(const SweepProgress&) override {}
};

}  // namespace isoflop
