// Which checkpoints there are, by the names of their files alone: what is in
// them only a trainer can read.

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "lib/record/sweep_dir.h"

namespace isoflop {

/// Returns the file of a checkpoint after so many steps: "000000001200.ckpt".
std::filesystem::path CheckpointFile(const std::filesystem::path& directory,
                                     std::int64_t step);

/// Returns the steps of the checkpoints in a directory, rising; none where
/// there is no such directory.
std::vector<std::int64_t> CheckpointSteps(
    const std::filesystem::path& directory);

/// Returns the tokens of a group, all phases, that need not be trained again:
/// those of runs that `has_ended`, and up to the newest checkpoints of the
/// others. Lists a directory for each of these, and opens no file.
std::int64_t TokensKept(
    const SweepDir& dir, const RunGroup& group,
    const std::function<bool(const std::string& run)>& has_ended);

}  // namespace isoflop
