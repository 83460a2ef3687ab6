#include "analysis/page/sweep_facts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "analysis/observe/sweep_curves.h"
#include "lib/record/group_status.h"

namespace isoflop {
namespace {

/// Groups with a run that ended ok, by rising N, evenly chosen.
std::set<std::string> ChosenGroups(const Plan& plan,
                                   const std::set<std::string>& with_runs) {
  std::vector<const RunGroup*> groups;
  for (const RunGroup& group : plan.groups) {
    if (with_runs.contains(group.id)) groups.push_back(&group);
  }
  std::ranges::stable_sort(groups, {}, [&plan](const RunGroup* group) {
    return Count(group->params, plan.convention);
  });
  std::set<std::string> chosen;
  const std::size_t last = groups.empty() ? 0 : groups.size() - 1;
  const std::size_t count = std::min(groups.size(), kMostCurveGroups);
  for (std::size_t k = 0; k < count; ++k) {
    chosen.insert(groups[count < 2 ? 0 : k * last / (count - 1)]->id);
  }
  return chosen;
}

void ReadCurves(const SweepDir& dir, SweepFacts* facts) {
  std::set<std::string> with_runs;
  for (const RunResult& run : facts->results) {
    if (run.status == RunStatus::kOk) with_runs.insert(run.group);
  }
  facts->curve_groups = with_runs.size();
  const std::set<std::string> chosen = ChosenGroups(facts->plan, with_runs);
  std::vector<RunResult> results;
  for (const RunResult& run : facts->results) {
    if (chosen.contains(run.group)) results.push_back(run);
  }
  facts->curves = SweepCurves(dir, facts->plan, results);
}

/// Groups that something stopped which may pass.
void ReadStopped(const SweepDir& dir, SweepFacts* facts) {
  std::set<std::string> ended;
  for (const RunResult& run : facts->results) ended.insert(run.id);
  for (const RunGroup& group : facts->plan.groups) {
    if (facts->stopped.size() == kMostFailures) return;
    const auto pending = std::ranges::count_if(
        group.runs,
        [&ended](const PlannedRun& run) { return !ended.contains(run.id); });
    if (pending == 0) continue;
    const auto status = FindGroupStatus(dir, group.id);
    if (!status || status->cause.empty()) continue;
    facts->stopped.push_back({group.id, pending, status->cause});
  }
}

}  // namespace

SweepFacts ReadSweepFacts(const SweepDir& dir) {
  SweepFacts facts;
  facts.directory = dir.root().string();
  facts.plan = LoadPlan(dir);
  facts.sweep_file = ReadSweepFile(dir, facts.plan);
  facts.results = LoadResults(dir, facts.plan, &facts.damage);
  facts.tally = Tally(facts.plan, facts.results);
  facts.go_on = GoOnCommand(dir);
  ReadCurves(dir, &facts);
  ReadStopped(dir, &facts);
  for (const RunResult& run : facts.results) {
    if (run.status == RunStatus::kOk) continue;
    if (facts.failures.size() == kMostFailures) break;
    facts.failures.push_back(
        ReadEndedBadly(dir, run.group, run.id, facts.go_on));
  }
  return facts;
}

void ToBitsPerByte(SweepFacts* facts) {
  ToBitsPerByte(&facts->curves);
  for (RunResult& run : facts->results) {
    if (!run.bytes_per_token) continue;
    for (auto* loss : {&run.loss, &run.loss_std_error, &run.train_loss}) {
      if (*loss) *loss = BitsPerByte(**loss, *run.bytes_per_token);
    }
    run.loss_unit = LossUnit::kBitsPerByte;
  }
  facts->plan.data.loss_unit = LossUnit::kBitsPerByte;
}

}  // namespace isoflop
