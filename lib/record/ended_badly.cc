#include "lib/record/ended_badly.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/shell_word.h"

namespace isoflop {
namespace {

/// Whether the sweep names files by paths that mean something only from where
/// it was begun.
bool HasRelativePaths(const Json& json) {
  for (const auto& [key, value] : json.items()) {
    if (value.is_structured() && HasRelativePaths(value)) return true;
    if (!json.is_object() || !key.ends_with("paths")) continue;
    const Json all = value.is_array() ? value : Json::array({value});
    for (const Json& path : all) {
      if (path.is_string() && !path.get<std::string>().starts_with("/")) {
        return true;
      }
    }
  }
  return false;
}

/// Returns "FILE:LINE" of the last line of a run's curve, where it has one.
std::string EndOfCurve(const SweepDir& dir, const EndedBadly& run) {
  for (const auto& folder : {dir.run(run.run), dir.group(run.group)}) {
    const auto curve = folder / "metrics.jsonl";
    try {
      const auto text = ReadFileIfAny(curve);
      const auto lines = text ? std::ranges::count(*text, '\n') : 0;
      if (lines > 0) return fmt::format("{}:{}", curve.string(), lines);
    } catch (const Error&) {
      // It is not needed to train the run again.
    }
  }
  return {};
}

/// Returns how a run can be trained again: a failure is tried again when asked,
/// a divergence only when its result is out of the way.
std::string Retry(const SweepDir& dir, const EndedBadly& run,
                  const std::string& go_on) {
  if (run.status == RunStatus::kFailed) return go_on + " --retry-failed";
  const auto folder = dir.run(run.run);
  return fmt::format(
      "mv {} {} && {}", ShellWord((folder / "result.json").string()),
      ShellWord((folder / "result.diverged.json").string()), go_on);
}

}  // namespace

std::string GoOnCommand(const SweepDir& dir) {
  bool relative = true;
  try {
    relative = HasRelativePaths(ReadJsonFile(dir.sweep_json()));
  } catch (const Error&) {
    // Then the file that it was made from is needed all the more.
  }
  return fmt::format(
      "isoflop sweep {} -o {}",
      relative ? "SWEEP.json" : ShellWord(dir.sweep_json().string()),
      ShellWord(dir.root().string()));
}

EndedBadly ReadEndedBadly(const SweepDir& dir, const std::string& group,
                          const std::string& run, const std::string& go_on) {
  EndedBadly ended;
  ended.run = run;
  ended.group = group;
  if (const auto result = FindResult(dir, run)) {
    ended.status = result->status;
    ended.cause = result->reason;
  }
  if (ended.status == RunStatus::kDiverged) {
    ended.curve = EndOfCurve(dir, ended);
  }
  ended.retry = Retry(dir, ended, go_on);
  return ended;
}

Json ToJson(const EndedBadly& run) {
  Json json{{"run", run.run},
            {"group", run.group},
            {"status", NameOf(run.status)},
            {"cause", run.cause}};
  if (!run.curve.empty()) json["curve"] = run.curve;
  json["retry"] = run.retry;
  return json;
}

}  // namespace isoflop
