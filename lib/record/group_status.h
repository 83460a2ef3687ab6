// status.json of a group: what its worker is doing, replaced atomically.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "lib/core/json.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {

/// Progress of a group, for people who watch.
struct GroupStatus {
  std::string run;                // run id of the branch in work; empty: trunk
  std::int64_t step = 0;          // updates done, trunk included
  std::int64_t tokens_done = 0;   // trained on by this group, all phases
  std::int64_t tokens_total = 0;  // to train on
  std::optional<double> train_loss;  // in the unit of the task
  double tokens_per_second = 0.0;
  std::string cause = {};  // what stopped it, if that was no wish of a user's;
                           // gone when it is trained on
  std::string updated_at;  // UTC
};

Json ToJson(const GroupStatus& status);
GroupStatus GroupStatusFromJson(const Json& json, const std::string& source);

void StoreGroupStatus(const SweepDir& dir, const std::string& group,
                      const GroupStatus& status);

/// Notes what stopped a group, and leaves the rest of its status as it is.
/// Throws Error (disk full).
void StoreCause(const SweepDir& dir, const std::string& group,
                const std::string& cause);

/// Absent when there is none, or when it is not readable.
std::optional<GroupStatus> FindGroupStatus(const SweepDir& dir,
                                           const std::string& group);

}  // namespace isoflop
