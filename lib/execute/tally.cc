#include "lib/execute/tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "lib/core/error.h"

namespace isoflop {

Tally::Tally(const SweepDir& dir, const Plan& plan, bool retry_failed)
    : dir_(dir) {
  for (const RunGroup& group : plan.groups) {
    runs_ += static_cast<std::int64_t>(group.runs.size());
  }
  for (const auto& [id, status] : LoadStatuses(dir_, plan, &notes_)) {
    if (retry_failed && status == RunStatus::kFailed) {
      // Kept, under another name: it says why the run failed before.
      SetResultAside(dir_, id);
    } else {
      Add(id, status);
    }
  }
}

void Tally::Add(const std::string& id, RunStatus status) {
  ended_.insert(id);
  ++counts_[static_cast<std::size_t>(status)];
}

std::vector<RunResult> Tally::Refresh(const RunGroup& group) {
  std::vector<RunResult> fresh;
  for (const PlannedRun& run : group.runs) {
    if (ended_.contains(run.id)) continue;
    auto result = FindResult(dir_, run.id);
    if (!result) continue;
    Add(run.id, result->status);
    fresh.push_back(std::move(*result));
  }
  return fresh;
}

std::vector<RunResult> Tally::FailPending(const RunGroup& group,
                                          const std::string& reason) {
  std::vector<RunResult> failed;
  for (const PlannedRun& run : group.runs) {
    if (ended_.contains(run.id)) continue;
    RunResult result = ResultFor(group, run);
    result.status = RunStatus::kFailed;
    result.reason = reason;
    try {
      StoreResult(dir_, result);
    } catch (const Error& error) {
      // What made the run fail may well be what keeps us from writing it down.
      notes_.push_back(
          fmt::format("{}: failed, but that could not be recorded: {}", run.id,
                      error.what()));
      unstored_.insert(run.id);
    }
    Add(run.id, result.status);
    failed.push_back(std::move(result));
  }
  return failed;
}

std::vector<std::string> Tally::Vanished() const {
  std::vector<std::string> vanished;
  for (const std::string& id : ended_) {
    std::error_code code;
    const auto file = dir_.run(id) / "result.json";
    const auto type = std::filesystem::status(file, code).type();
    const bool gone = type == std::filesystem::file_type::not_found;
    if (gone && !unstored_.contains(id)) vanished.push_back(id);
  }
  std::ranges::sort(vanished);
  return vanished;
}

bool Tally::Complete(const RunGroup& group) const {
  return std::ranges::all_of(group.runs, [this](const PlannedRun& run) {
    return ended_.contains(run.id);
  });
}

}  // namespace isoflop
