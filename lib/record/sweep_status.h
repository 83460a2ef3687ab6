// How a sweep stands, from the files alone: whoever runs it need not be asked.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/json.h"
#include "lib/core/names.h"
#include "lib/record/ended_badly.h"
#include "lib/record/lease.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {

inline constexpr std::string_view kStatusSchema = "isoflop.status/1";

/// Who has a group that is not finished.
enum class GroupState {
  kInWork,   // a worker
  kWaiting,  // nobody yet, but a front end is at work
  kStopped,  // nobody
};
constexpr std::array<NamedValue<GroupState>, 3> EnumNames(GroupState) {
  return {{{GroupState::kInWork, "in_work"},
           {GroupState::kWaiting, "waiting"},
           {GroupState::kStopped, "stopped"}}};
}

/// A group that is not finished but has been begun, or one in work.
struct GroupProgress {
  std::string group;
  Json variant = Json::object();  // settings of the "vary" axes
  GroupState state = GroupState::kStopped;
  std::string cause;  // what stopped it, if that was no wish of a user's
  std::int64_t runs = 0;
  std::int64_t ended = 0;
  std::optional<LeaseHolder> holder;  // who works on it now
  bool stale = false;                 // the holder has long shown no life
  std::string run;                    // branch in work; empty: trunk
  std::int64_t tokens_done = 0;       // trained on, all phases; while nobody
                                      // works on it, what is kept of that
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
  std::vector<EndedBadly> ended_badly;   // in the plan's order
  std::string go_on;               // the command that trains what is pending
  std::vector<std::string> notes;  // corrupt records, ...

  std::int64_t done() const { return ok + diverged + failed; }
};

/// Reads the status of a sweep directory. Throws Error when it is none.
SweepStatus ReadSweepStatus(const SweepDir& dir);

Json ToJson(const SweepStatus& status);

}  // namespace isoflop
