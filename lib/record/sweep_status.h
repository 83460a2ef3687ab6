// How a sweep stands, from the files alone: whoever runs it need not be asked.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/json.h"
#include "lib/record/lease.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {

inline constexpr std::string_view kStatusSchema = "isoflop.status/1";

/// A group that is not finished but has been begun, or one in work.
struct GroupProgress {
  std::string group;
  std::int64_t runs = 0;
  std::int64_t ended = 0;
  std::optional<LeaseHolder> holder;  // who works on it now
  bool stale = false;                 // the holder has long shown no life
  std::string run;                    // branch in work; empty: trunk
  std::int64_t tokens_done = 0;       // trained on, all phases
  std::int64_t tokens_total = 0;      // to train on
  std::optional<double> train_loss;   // in the unit of the task
  double tokens_per_second = 0.0;     // 0 while nobody works on it
};

/// Runs are counted once: runs = done() + running + pending.
struct SweepStatus {
  std::string name;
  std::int64_t runs = 0;
  std::int64_t ok = 0;
  std::int64_t diverged = 0;
  std::int64_t failed = 0;
  std::int64_t running = 0;  // one per group in work, stale ones left out
  std::int64_t pending = 0;
  std::int64_t tokens_done = 0;   // trained on, trunks counted once
  std::int64_t tokens_total = 0;  // to train on
  double tokens_per_second = 0.0;
  std::optional<double> seconds_left;    // estimated; absent when idle
  std::optional<LeaseHolder> front_end;  // who runs the sweep now
  bool front_end_stale = false;          // it has long shown no life
  std::vector<GroupProgress> groups;     // begun and not finished
  std::vector<std::string> notes;        // corrupt records, ...

  std::int64_t done() const { return ok + diverged + failed; }
};

/// Reads the status of a sweep directory. Throws Error when it is none.
SweepStatus ReadSweepStatus(const SweepDir& dir);

Json ToJson(const SweepStatus& status);

}  // namespace isoflop
