#include "lib/record/run_log.h"

#include <fmt/format.h>

#include <cstdint>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/quote.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

struct FoundRun {
  const RunGroup* group = nullptr;
  const PlannedRun* run = nullptr;
};

/// Those whose id is the name, or else has it.
std::vector<FoundRun> RunsCalled(const Plan& plan, const std::string& name) {
  std::vector<FoundRun> found;
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      if (run.id == name) return {{&group, &run}};
      if (run.id.find(name) != run.id.npos) found.push_back({&group, &run});
    }
  }
  return found;
}

FoundRun FindRun(const SweepDir& dir, const Plan& plan,
                 const std::string& name) {
  constexpr std::size_t kMostNamed = 5;
  const std::vector<FoundRun> found = RunsCalled(plan, name);
  if (found.size() == 1) return found.front();
  const std::vector<std::string> ids = RunIds(plan);
  Require(!found.empty(), "{}: has no run {}{}; there are {}",
          dir.root().string(), Quoted(name), Suggestion(name, ids),
          ShortList(ids, kMostNamed));
  std::vector<std::string> names;
  names.reserve(found.size());
  for (const FoundRun& run : found) names.push_back(run.run->id);
  throw Error(
      fmt::format("{}: {} runs have {} in their names: {}; give more "
                  "of the one that is meant",
                  dir.root().string(), found.size(), Quoted(name),
                  ShortList(names, kMostNamed)));
}

}  // namespace

std::vector<WorkerLine> ReadWorkerLogs(const SweepDir& dir) {
  std::set<fs::path> files;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(dir.logs(), code)) {
    if (entry.path().extension() == ".log") files.insert(entry.path());
  }
  std::vector<WorkerLine> lines;
  for (const fs::path& file : files) {
    const std::string text = ReadFile(file);
    for (const TextLine& line : NonBlankLines(text)) {
      lines.push_back({file, static_cast<std::size_t>(line.number),
                       std::string(line.text)});
    }
  }
  return lines;
}

RunLog ReadRunLog(const SweepDir& dir, const std::string& name) {
  const Plan plan = LoadPlan(dir);
  const FoundRun found = FindRun(dir, plan, name);
  RunLog log;
  log.run = found.run->id;
  log.group = found.group->id;
  log.files = {dir.group(log.group) / "metrics.jsonl",
               dir.run(log.run) / "metrics.jsonl"};
  log.curve =
      JoinedCurve(ReadMetrics(log.files.front()), found.run->branch_step,
                  ReadMetrics(log.files.back()));
  log.result = FindResult(dir, log.run);
  if (log.result && log.result->status != RunStatus::kOk) {
    log.ended_badly = ReadEndedBadly(dir, log.group, log.run, GoOnCommand(dir));
  }
  for (WorkerLine& line : ReadWorkerLogs(dir)) {
    if (line.text.find(log.run) != line.text.npos ||
        line.text.find(log.group) != line.text.npos) {
      log.lines.push_back(std::move(line));
    }
  }
  return log;
}

}  // namespace isoflop
