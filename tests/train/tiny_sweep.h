// A sweep that trains in a fraction of a second, in a directory of its own.

#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/data/task.h"
#include "lib/record/metrics.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"
#include "lib/sweep/plan.h"
#include "lib/train/group_trainer.h"
#include "tests/support/temp_dir.h"

namespace isoflop {

/// One width, three lengths of 100, 150 and 200 steps of 64 tokens.
inline Json TinySweepJson() {
  return {{"schema", kSweepSchema},
          {"name", "tiny"},
          {"data",
           {{"kind", "lexicon"},
            {"vocab_size", 16},
            {"words", 32},
            {"word_length", 4},
            {"eval_tokens", 640}}},
          {"model", {{"context", 16}, {"layers", 1}, {"heads", 2}}},
          {"grid",
           {{"sizes", {{{"d_model", 8}}}}, {"tokens", {6400, 9600, 12800}}}},
          {"training",
           {{"batch_tokens", 64},
            {"log_every_steps", 7},
            {"schedule", {{"kind", "wsd"}, {"warmup_steps", 10}}}}},
          {"seeds", {0}}};
}

/// A prepared sweep directory with one group, and its data.
class TinySweep {
 public:
  explicit TinySweep(const Json& json = TinySweepJson()) : dir_(temp_ / "out") {
    const SweepSpec spec = ParseSweep(json, "tiny.json");
    const Plan plan = MakePlan(spec);
    PrepareSweepDir(dir_, spec, plan);
    group_ = plan.groups.front();
    task_ = OpenTask(group_.data, group_.shape.context);
  }

  const SweepDir& dir() const { return dir_; }
  RunGroup& group() { return group_; }
  const Task& task() const { return *task_; }

  RunResult Result(std::size_t run) const {
    const auto result = FindResult(dir_, group_.runs.at(run).id);
    return result ? *result : RunResult{};
  }

  /// The whole loss curve of a run: its trunk's up to the branch, then its own.
  std::vector<MetricsLine> Curve(std::size_t run) const {
    const PlannedRun& planned = group_.runs.at(run);
    std::vector<MetricsLine> curve;
    for (const MetricsLine& line :
         ReadMetrics(dir_.group(group_.id) / "metrics.jsonl")) {
      if (line.step <= planned.branch_step) curve.push_back(line);
    }
    for (const MetricsLine& line :
         ReadMetrics(dir_.run(planned.id) / "metrics.jsonl")) {
      curve.push_back(line);
    }
    return curve;
  }

 private:
  TempDir temp_;
  SweepDir dir_;
  RunGroup group_;
  std::unique_ptr<Task> task_;
};

/// Remembers what it is told, and stops when it has been asked often enough.
class RecordingObserver : public TrainingObserver {
 public:
  void OnProgress(const GroupStatus& status) override {
    progress.push_back(status);
  }
  void OnRunEnded(const RunResult& result) override { ended.push_back(result); }
  void OnNote(const std::string& note) override { notes.push_back(note); }
  bool StopRequested() override { return questions++ == stop_at_question; }

  int stop_at_question = -1;  // counted from 0; -1: never
  int questions = 0;
  std::vector<GroupStatus> progress;
  std::vector<RunResult> ended;
  std::vector<std::string> notes;
};

inline GroupOutcome Train(TinySweep& sweep, TrainingObserver& observer) {
  return TrainGroup(sweep.dir(), sweep.group(), sweep.task(), at::kCPU,
                    observer);
}

/// A curve as text, without what depends on the time.
inline std::string Text(std::vector<MetricsLine> curve) {
  std::string text;
  for (MetricsLine& line : curve) {
    line.tokens_per_second = 0.0;
    text += ToJson(line).dump() + "\n";
  }
  return text;
}

}  // namespace isoflop
