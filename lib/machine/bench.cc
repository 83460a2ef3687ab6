#include "lib/machine/bench.h"

#include "lib/machine/worker_answer.h"

namespace isoflop {
namespace {

/// What is asked for, with room for a busy machine, and a dozen updates (some
/// are needed however long they take) at the pace of a slow core.
double TimeoutSeconds(const RunGroup& group, double seconds) {
  constexpr double kStartSeconds = 60.0;
  constexpr double kBusy = 20.0;
  constexpr double kUpdates = 12.0;
  constexpr double kSlowFlopsPerSecond = 5e9;
  const double flops = TrainingFlopsPerToken(group.shape) *
                       static_cast<double>(group.training.batch_tokens);
  return kStartSeconds + kBusy * seconds +
         kUpdates * flops / kSlowFlopsPerSecond;
}

/// Of the runs, the worker needs the longest, and to know of others.
RunGroup Shortened(RunGroup group) {
  if (group.runs.size() > 2) {
    group.runs.erase(group.runs.begin() + 1, group.runs.end() - 1);
  }
  return group;
}

WorkerQuestion QuestionAbout(const RunGroup& group,
                             const BenchOptions& options) {
  const BenchCommand command{.group = Shortened(group),
                             .device = options.device,
                             .seconds = options.seconds,
                             .profile = options.profile};
  return {.verb = "bench",
          .input = ToJson(command).dump(),
          .timeout_seconds = TimeoutSeconds(group, options.seconds)};
}

}  // namespace

BenchOutcome MeasureGroups(const std::vector<RunGroup>& groups,
                           const BenchOptions& options) {
  std::vector<WorkerQuestion> questions;
  questions.reserve(groups.size());
  for (const RunGroup& group : groups) {
    questions.push_back(QuestionAbout(group, options));
  }
  BenchOutcome outcome;
  outcome.reports.resize(groups.size());
  const auto take = [&](std::size_t number, const Json& answer) {
    outcome.reports[number] =
        BenchReportFromJson(answer, options.worker.path.string() + " bench");
  };
  outcome.signal =
      AskWorkers(options.worker, questions, options.at_a_time, take);
  return outcome;
}

}  // namespace isoflop
