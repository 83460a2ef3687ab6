// Ids: what makes two runs the same, and the names of their directories.

#pragma once

#include <string>

#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns what changes the result of a run, and nothing else: hashing its
/// canonical text gives the id.
Json RunIdentity(const RunGroup& group, std::int64_t steps);

/// Returns what the runs of a group have in common: RunIdentity without the
/// steps. For a schedule that cannot be branched the steps belong to it.
/// REQUIRES: such a group has exactly one run.
Json GroupIdentity(const RunGroup& group);

/// Returns "d32-l2-s0-9a8b7c6d5e4f", of a group without branches
/// "d32-l2-D262k-s0-9a8b7c6d5e4f". REQUIRES: as GroupIdentity.
std::string GroupId(const RunGroup& group);

/// Returns "d32-l2-D262k-s0-1f0a9c3b5d7e".
std::string RunId(const RunGroup& group, const PlannedRun& run);

/// Returns the part of RunId that people read: "d32-l2-D262k-s0".
std::string RunSlug(const RunGroup& group, std::int64_t tokens);

}  // namespace isoflop
