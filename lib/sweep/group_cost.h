// What training a group takes of tokens and of the disk.

#pragma once

#include <cstdint>

#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns the tokens a group trains on with its trunk shared: the longest
/// trunk once, and every cooldown.
std::int64_t TokensTrained(const RunGroup& group);

/// Returns the bytes on disk of the group's checkpoints while it is in work: of
/// the trunk and of a branch, two each and one being written. They are gone
/// when it has ended.
double EstimateCheckpointBytes(const RunGroup& group);

/// Returns the bytes on disk that the group leaves: records and loss curves.
double EstimateRecordBytes(const RunGroup& group);

/// Returns the bytes of weights and both moments: what a snapshot or a
/// checkpoint holds.
double StateBytes(const RunGroup& group);

}  // namespace isoflop
