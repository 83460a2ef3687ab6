#include "lib/record/checkpoint_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCheckpointSuffix = ".ckpt";

std::int64_t NewestStep(const fs::path& directory) {
  const std::vector<std::int64_t> steps = CheckpointSteps(directory);
  return steps.empty() ? 0 : steps.back();
}

}  // namespace

fs::path CheckpointFile(const fs::path& directory, std::int64_t step) {
  return directory / fmt::format("{:012}{}", step, kCheckpointSuffix);
}

std::vector<std::int64_t> CheckpointSteps(const fs::path& directory) {
  std::vector<std::int64_t> steps;
  std::error_code none;
  for (fs::directory_iterator at(directory, none), end; !none && at != end;
       at.increment(none)) {
    const std::string name = at->path().filename().string();
    std::int64_t step = 0;
    const char* end_of_name = name.data() + name.size();
    const auto parsed = std::from_chars(name.data(), end_of_name, step);
    if (parsed.ec == std::errc() &&
        std::string_view(parsed.ptr, end_of_name) == kCheckpointSuffix) {
      steps.push_back(step);
    }
  }
  std::ranges::sort(steps);
  return steps;
}

std::int64_t TokensKept(
    const SweepDir& dir, const RunGroup& group,
    const std::function<bool(const std::string& run)>& has_ended) {
  std::int64_t trunk = NewestStep(dir.group_checkpoints(group.id));
  std::int64_t branches = 0;
  for (const PlannedRun& run : group.runs) {
    const std::int64_t step =
        has_ended(run.id) ? run.steps : NewestStep(dir.run_checkpoints(run.id));
    if (step <= run.branch_step) continue;
    trunk = std::max(trunk, run.branch_step);
    branches += std::min(step, run.steps) - run.branch_step;
  }
  return (trunk + branches) * group.training.batch_tokens;
}

}  // namespace isoflop
