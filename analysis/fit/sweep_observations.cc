#include "analysis/fit/sweep_observations.h"

#include <fmt/format.h>

#include <set>
#include <string>

namespace isoflop {
namespace {

ParamsKind KindOf(ParamsConvention convention) {
  return convention == ParamsConvention::kTotal ? ParamsKind::kTotal
                                                : ParamsKind::kNonEmbedding;
}

Observation ToObservation(const RunResult& run, ParamsConvention convention) {
  const ParameterCounts counts{.total = run.params_total,
                               .non_embedding = run.params_non_embedding};
  Observation observation;
  observation.N = static_cast<double>(Count(counts, convention));
  observation.D = static_cast<double>(run.tokens);
  observation.L = *run.loss;
  observation.C = run.flops;
  observation.budget_flops = run.budget_flops;
  observation.seed = run.seed;
  observation.group = run.group;
  observation.params_total = static_cast<double>(counts.total);
  observation.params_non_embedding = static_cast<double>(counts.non_embedding);
  observation.loss_std = run.loss_std_error;
  return observation;
}

void NoteLeftOut(int runs, const char* why, std::vector<std::string>* notes) {
  if (runs == 0) return;
  notes->push_back(
      fmt::format("{} {} and {} left out", runs,
                  fmt::format("run{} {}", runs == 1 ? "" : "s", why),
                  runs == 1 ? "is" : "are"));
}

void NoteVariants(const Plan& plan, std::vector<std::string>* notes) {
  std::set<std::string> variants;
  std::set<std::string> axes;
  for (const RunGroup& group : plan.groups) {
    variants.insert(CanonicalText(group.variant));
    for (const auto& setting : group.variant.items())
      axes.insert(setting.key());
  }
  if (variants.size() < 2) return;
  notes->push_back(
      fmt::format("the sweep varies {} ({} variants): all are fitted together",
                  fmt::join(axes, ", "), variants.size()));
}

}  // namespace

RunTally Tally(const Plan& plan, const std::vector<RunResult>& results) {
  RunTally tally;
  for (const RunGroup& group : plan.groups) {
    tally.planned += static_cast<int>(group.runs.size());
  }
  for (const RunResult& result : results) {
    if (result.status == RunStatus::kOk) ++tally.ok;
    if (result.status == RunStatus::kDiverged) ++tally.diverged;
    if (result.status == RunStatus::kFailed) ++tally.failed;
  }
  return tally;
}

ObservationSet SweepObservations(const Plan& plan,
                                 const std::vector<RunResult>& results) {
  ObservationSet set;
  set.source = plan.name;
  set.params = KindOf(plan.convention);
  set.flops = FlopsKind::kSixND;
  for (const RunResult& result : results) {
    if (result.status != RunStatus::kOk || !result.loss) continue;
    set.rows.push_back(ToObservation(result, plan.convention));
  }
  const RunTally tally = Tally(plan, results);
  NoteLeftOut(tally.diverged, "diverged", &set.notes);
  NoteLeftOut(tally.failed, "failed", &set.notes);
  NoteLeftOut(tally.pending(),
              tally.pending() == 1 ? "has no result yet" : "have no result yet",
              &set.notes);
  NoteVariants(plan, &set.notes);
  return set;
}

}  // namespace isoflop
