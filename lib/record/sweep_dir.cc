#include "lib/record/sweep_dir.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/json_diff.h"
#include "lib/record/run_result.h"
#include "lib/sweep/plan_from_json.h"
#include "lib/sweep/run_identity.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRunSchema = "isoflop.run_config/1";

/// Whether a preparation that was cut short leaves something of this name
/// behind, apart from sweep.json.
bool IsOwnName(const std::string& name) {
  return name == "groups" || name == "runs" ||
         name.starts_with("sweep.lock.json.") || name.starts_with(".sweep.") ||
         name.starts_with(".plan.");
}

/// Throws Error unless the directory is empty but for what a preparation of
/// this sweep that was cut short leaves behind.
void RefuseForeignContent(const SweepDir& dir, const SweepSpec& spec) {
  std::error_code code;
  for (auto at = fs::directory_iterator(dir.root(), code);
       !code && at != fs::directory_iterator(); at.increment(code)) {
    const std::string name = at->path().filename().string();
    if (name == "sweep.json") {
      Require(ReadFile(at->path()) == ReadableText(spec.given),
              "{}: is there already, and no plan.json that would tell whose; "
              "name another directory with -o",
              at->path().string());
      continue;
    }
    Require(IsOwnName(name),
            "{}: is neither empty nor a sweep directory: it holds {}; name "
            "another with -o",
            dir.root().string(), name);
  }
  Require(!code, "{}: cannot read the directory: {}", dir.root().string(),
          code.message());
}

std::set<std::string> RunIdSet(const Plan& plan) {
  const std::vector<std::string> ids = RunIds(plan);
  return {ids.begin(), ids.end()};
}

/// Returns what makes `spec` another sweep than the one in the directory.
std::vector<std::string> Differences(const SweepDir& dir, const SweepSpec& spec,
                                     const Plan& before, const Plan& after) {
  auto lines = DiffJson(ReadJsonFile(dir.sweep_json()), spec.given);
  if (before.data.fingerprint != after.data.fingerprint) {
    lines.push_back(fmt::format("the data itself (fingerprint): {} -> {}",
                                before.data.fingerprint.substr(0, 12),
                                after.data.fingerprint.substr(0, 12)));
  }
  if (lines.empty()) {
    lines.emplace_back("the program: its runs train to other results now");
  }
  return lines;
}

void RefuseOtherSweep(const SweepDir& dir, const SweepSpec& spec,
                      const Plan& before, const Plan& after) {
  const std::set<std::string> old_ids = RunIdSet(before);
  const std::set<std::string> new_ids = RunIdSet(after);
  std::vector<std::string> lost;
  std::ranges::set_difference(old_ids, new_ids, std::back_inserter(lost));
  if (lost.empty()) return;
  throw Error(fmt::format(
      "{}: holds another sweep: {} of its {} runs are not in this one. "
      "Changed:\n  {}\nAdding sizes, budgets or seeds is possible; for "
      "anything "
      "else name another directory with -o.",
      dir.root().string(), lost.size(), old_ids.size(),
      fmt::join(Differences(dir, spec, before, after), "\n  ")));
}

void WriteRun(const SweepDir& dir, const RunGroup& group, const PlannedRun& run,
              FileBatch* files) {
  const Json json{{"schema", kRunSchema},
                  {"id", run.id},
                  {"group", group.id},
                  {"identity", RunIdentity(group, run.steps)}};
  files->Write(dir.run(run.id) / "run.json", ReadableText(json));
}

/// Writes what is new or has changed since `before`.
void WriteGroups(const SweepDir& dir, const std::optional<Plan>& before,
                 const Plan& plan) {
  std::map<std::string, std::string> known_groups;
  std::set<std::string> known_runs;
  if (before) {
    known_runs = RunIdSet(*before);
    for (const RunGroup& group : before->groups) {
      known_groups[group.id] = ToJson(group).dump();
    }
  }
  FileBatch files;
  for (const RunGroup& group : plan.groups) {
    const Json json = ToJson(group);
    if (known_groups[group.id] == json.dump()) continue;
    files.Write(dir.group(group.id) / "group.json", ReadableText(json));
    for (const PlannedRun& run : group.runs) {
      if (!known_runs.contains(run.id)) WriteRun(dir, group, run, &files);
    }
  }
  files.Commit();
}

/// Leaves a file alone that says the same already.
void WriteIfNew(const fs::path& path, const Json& json) {
  std::error_code ignored;
  const std::string text = ReadableText(json);
  if (fs::exists(path, ignored) && ReadFile(path) == text) return;
  WriteFileAtomically(path, text);
}

}  // namespace

void RefuseForeignPath(const SweepDir& dir, const SweepSpec& spec) {
  const fs::path& root = dir.root();
  std::error_code code;
  const bool there = fs::exists(root, code);
  Require(!code, "{}: cannot be used: {}", root.string(), code.message());
  if (!there) return;
  Require(fs::is_directory(root, code), "{}: is not a directory",
          root.string());
  if (fs::exists(dir.plan_json(), code)) return;
  RefuseForeignContent(dir, spec);
}

void PrepareSweepDir(const SweepDir& dir, const SweepSpec& spec,
                     const Plan& plan,
                     const std::function<void(const std::string&)>& note) {
  // Before anything is made in a directory that may be somebody else's.
  RefuseForeignPath(dir, spec);
  MakeDirectories(dir.root());
  // Two front ends may come at the same time.
  const Lease lock = LockSweepDir(dir, note);
  const std::optional<Plan> before = FindPlan(dir);
  if (before) RefuseOtherSweep(dir, spec, *before, plan);
  WriteGroups(dir, before, plan);
  // The plan last: who finds it may rely on all that it speaks of.
  WriteIfNew(dir.sweep_json(), spec.given);
  WriteIfNew(dir.plan_json(), ToJson(plan));
}

Lease LockSweepDir(const SweepDir& dir,
                   const std::function<void(const std::string&)>& note) {
  LeaseHolder holder;
  LeaseWatch watch;
  watch.on_begin = [&](const LeaseHolder& watched) {
    if (!note) return;
    note(fmt::format(
        "{}: watching for up to {:.0f} s whether {} still works "
        "in this directory",
        dir.root().string(), watch.stale_seconds, Describe(watched)));
  };
  auto lease = Lease::Acquire(dir.lock_json(), &holder, watch);
  Require(lease.has_value(),
          "{}: another isoflop works in this directory ({}); wait for it or "
          "stop it",
          dir.root().string(), Describe(holder));
  return std::move(*lease);
}

Plan LoadPlan(const SweepDir& dir) {
  std::error_code code;
  const bool there = fs::exists(dir.plan_json(), code);
  Require(!code, "{}: cannot read: {}", dir.plan_json().string(),
          code.message());
  Require(there,
          "{}: is not a sweep directory: it has no plan.json (`isoflop sweep "
          "SWEEP.json -o DIR` makes one)",
          dir.root().string());
  return PlanFromJson(ReadJsonFile(dir.plan_json()), dir.plan_json().string());
}

std::optional<Plan> FindPlan(const SweepDir& dir) {
  std::error_code code;
  // Whatever is not a clear no, LoadPlan has words for.
  if (!fs::exists(dir.plan_json(), code) && !code) return std::nullopt;
  return LoadPlan(dir);
}

std::vector<PlannedRun> PendingRuns(const SweepDir& dir,
                                    const RunGroup& group) {
  std::vector<PlannedRun> pending;
  for (const PlannedRun& run : group.runs) {
    if (!FindResult(dir, run.id)) pending.push_back(run);
  }
  return pending;
}

void RemoveLeftoverCheckpoints(const SweepDir& dir, const RunGroup& group,
                               const std::vector<PlannedRun>& pending) {
  std::error_code ignored;
  for (const PlannedRun& run : group.runs) {
    const bool ended = std::ranges::none_of(
        pending, [&](const PlannedRun& other) { return other.id == run.id; });
    if (ended) fs::remove_all(dir.run_checkpoints(run.id), ignored);
  }
  // Every branch that is left begins at the trunk.
  if (pending.empty()) {
    fs::remove_all(dir.group_checkpoints(group.id), ignored);
  }
}

}  // namespace isoflop
