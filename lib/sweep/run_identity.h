// Ids: what makes two runs the same, and the names of their directories.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns what changes the result of a run, and nothing else: hashing its
/// canonical text gives the id.
Json RunIdentity(const RunGroup& group, std::int64_t steps);

/// Makes the ids of groups and runs, hashes of the canonical text of
/// RunIdentity, which of a group has no steps. What groups share that differ in
/// seed and steps alone is written out once: a hundred thousand ids take a
/// second.
class IdMaker {
 public:
  /// Takes everything but seed and runs from `common`.
  explicit IdMaker(const RunGroup& common);

  /// Returns "d32-l2-s0-9a8b7c6d5e4f", of a group without branches
  /// "d32-l2-D262k-s0-9a8b7c6d5e4f": a schedule that cannot be branched has its
  /// steps in the identity. REQUIRES: such a group has exactly one run.
  std::string GroupId(const RunGroup& group) const;

  /// Returns "d32-l2-D262k-s0-1f0a9c3b5d7e".
  std::string RunId(const RunGroup& group, const PlannedRun& run) const;

 private:
  std::string ShortHash(std::int64_t seed,
                        std::optional<std::int64_t> steps) const;

  // The canonical text of the identity, but for the two numbers.
  std::string before_seed_;
  std::string after_seed_;
  std::string after_steps_;
};

/// Returns the part of RunId that people read: "d32-l2-D262k-s0".
std::string RunSlug(const RunGroup& group, std::int64_t tokens);

}  // namespace isoflop
