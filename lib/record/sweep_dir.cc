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
#include <utility>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/json_diff.h"
#include "lib/core/seal.h"
#include "lib/core/text.h"
#include "lib/record/run_result.h"
#include "lib/sweep/plan_from_json.h"
#include "lib/sweep/run_identity.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRunSchema = "isoflop.run_config/1";

/// Whether a preparation that was cut short, or a sweep whose plan.json is
/// gone, leaves something of this name behind, apart from sweep.json.
bool IsOwnName(const std::string& name) {
  return name == "groups" || name == "runs" || name == "logs" ||
         name == "fit.json" || name == "claim.json" ||
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

/// A plan that is made anew must not forget what has been trained.
void RefuseUnplannedRuns(const SweepDir& dir, const Plan& plan,
                         const std::string& why) {
  const std::vector<std::string> unplanned = UnplannedRuns(dir, plan);
  if (unplanned.empty()) return;
  throw Error(fmt::format(
      "{}; it cannot be made anew from this sweep file, which has no such runs "
      "as {} of those in {}: {}. Use the sweep file that it was made from, "
      "with the same data and --scale; or name another directory with -o",
      why, unplanned.size(), (dir.root() / "runs").string(),
      ShortList(unplanned, 3)));
}

/// Whether a file says this, and can be read at all.
bool Says(const fs::path& path, const std::string& text) {
  try {
    return ReadFileIfAny(path) == text;
  } catch (const Error&) {
    return false;
  }
}

/// Writes what is new or has changed since `before`, or is not as it was
/// written then.
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
    const fs::path file = dir.group(group.id) / "group.json";
    const std::string text = SealedText(json);
    if (known_groups[group.id] != json.dump() || !Says(file, text)) {
      files.Write(file, text);
    }
    for (const PlannedRun& run : group.runs) {
      std::error_code ignored;
      const bool known = known_runs.contains(run.id);
      if (!known || !fs::exists(dir.run(run.id), ignored)) {
        WriteRun(dir, group, run, &files);
      }
    }
  }
  files.Commit();
}

/// Leaves a file alone that says the same already.
void WriteIfNew(const fs::path& path, const std::string& text) {
  std::error_code ignored;
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
  const auto [before, damage] = ReadStoredPlan(dir);
  if (before) {
    RefuseOtherSweep(dir, spec, *before, plan);
  } else {
    RefuseUnplannedRuns(
        dir, plan,
        damage.empty() ? dir.plan_json().string() + ": is gone" : damage);
  }
  if (!damage.empty() && note) note(damage + "; made anew from the sweep file");
  WriteGroups(dir, before, plan);
  // The plan last: who finds it may rely on all that it speaks of.
  const std::string sweep_text = ReadableText(spec.given);
  WriteIfNew(dir.sweep_json(), sweep_text);
  Json json = ToJson(plan);
  json["sweep_checksum"] = ChecksumOf(sweep_text);
  WriteIfNew(dir.plan_json(), SealedText(std::move(json)));
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

std::string LossOf(const SweepDir& dir) {
  const auto gone = [](const fs::path& path) {
    std::error_code code;
    return fs::status(path, code).type() == fs::file_type::not_found;
  };
  // A lock tells our directory from another that has taken its place.
  if (gone(dir.root()) || gone(dir.plan_json())) {
    return fmt::format("{}: was moved or deleted while the sweep was running",
                       dir.root().string());
  }
  for (const char* part : {"runs", "groups"}) {
    if (!gone(dir.root() / part)) continue;
    return fmt::format(
        "{}: was deleted while the sweep was running, with all that was in it",
        (dir.root() / part).string());
  }
  return {};
}

std::vector<std::string> UnplannedRuns(const SweepDir& dir, const Plan& plan) {
  const std::set<std::string> planned = RunIdSet(plan);
  std::vector<std::string> unplanned;
  std::error_code none;
  for (fs::directory_iterator at(dir.root() / "runs", none), end;
       !none && at != end; at.increment(none)) {
    std::string name = at->path().filename().string();
    if (!planned.contains(name)) unplanned.push_back(std::move(name));
  }
  std::ranges::sort(unplanned);
  return unplanned;
}

StoredPlan ReadStoredPlan(const SweepDir& dir) {
  const auto text = ReadFileIfAny(dir.plan_json());
  if (!text) return {};
  const std::string source = dir.plan_json().string();
  Json json;
  try {
    json = ParseSealed(*text, source);
  } catch (const Error& error) {
    return {.plan = {}, .damage = error.what()};
  }
  const bool tells =
      json.is_object() && json.contains("schema") && json["schema"].is_string();
  // What a later isoflop has written is good.
  if (tells && json["schema"] != kPlanSchema)
    return {PlanFromJson(json, source)};
  try {
    return {PlanFromJson(json, source)};
  } catch (const Error& error) {
    return {.plan = {}, .damage = error.what()};
  }
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
  StoredPlan stored = ReadStoredPlan(dir);
  Require(stored.plan.has_value(),
          "{}\nthe `isoflop sweep` command that began it makes plan.json anew",
          stored.damage);
  return *std::move(stored.plan);
}

Json ReadSweepFile(const SweepDir& dir, const Plan& plan) {
  const std::string source = dir.sweep_json().string();
  const std::string text = ReadFile(dir.sweep_json());
  Json json = ParseJson(text, source);
  Require(
      plan.sweep_checksum.empty() || plan.sweep_checksum == ChecksumOf(text),
      "{}: is damaged, or was changed by hand: it is not what plan.json was "
      "made from; `isoflop sweep` with the sweep's own file writes it again",
      source);
  return json;
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
