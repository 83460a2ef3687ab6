#include "lib/train/group_trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "lib/core/clock.h"
#include "lib/core/files.h"
#include "lib/record/metrics.h"
#include "lib/train/checkpoint.h"
#include "lib/train/curve_recorder.h"
#include "lib/train/device.h"
#include "lib/train/progress_meter.h"
#include "lib/train/trainer.h"
#include "lib/train/training_progress.h"

namespace isoflop {
namespace {

/// How a stretch of training ended.
enum class StretchEnd { kReached, kStopped, kDiverged };

/// The trunk at a branch point, while its cooldown is in the trainer.
struct TrunkSnapshot {
  TrainingState state;
  bool stored = false;  // as a checkpoint
};

/// How a run ended: with a loss, or for a reason.
struct RunEnd {
  std::optional<Evaluation> evaluation = {};
  Json probes = {};
  std::string diverged = {};
};

class GroupTraining {
 public:
  GroupTraining(const SweepDir& dir, const RunGroup& group, const Task& task,
                at::Device device, TrainingObserver& observer);

  GroupOutcome Run();

 private:
  bool TrainRun(const PlannedRun& run, bool trunk_goes_on);
  bool ResumeBranch(const PlannedRun& run, bool trunk_goes_on,
                    TrainingProgress* progress);
  bool CoolDown(const PlannedRun& run, TrainingProgress progress);

  void StartTrunk(std::int64_t last_step);
  StretchEnd AdvanceTrunk(const PlannedRun& run);
  void PutTrunkAside(bool goes_on);
  void BringTrunkBack();

  StretchEnd TrainUntil(std::int64_t end_step, const LrSchedule& schedule,
                        CurveRecorder& recorder,
                        const std::function<void()>& store_checkpoint);
  void StoreCheckpoint(const std::function<void()>& store) const;
  void StoreBranchCheckpoint(const PlannedRun& run,
                             const TrainingProgress& progress);
  void EndRun(const PlannedRun& run, const TrainingProgress& progress,
              const RunEnd& end);

  void NoteDamage(const MetricsLog& log);
  TrainingProgress FreshProgress() const;
  CurveKind TrunkCurve() const { return {false, trainer_.device().is_cpu()}; }
  CurveKind BranchCurve() const { return {true, trainer_.device().is_cpu()}; }
  TakeResults Results() {
    return [this] { return trainer_.TakeResults(); };
  }
  std::int64_t LastStepInUse() const;
  CheckpointDir TrunkCheckpoints() const;
  CheckpointDir BranchCheckpoints(const PlannedRun& run) const;

  const SweepDir& dir_;
  const RunGroup& group_;
  const Task& task_;
  TrainingObserver& observer_;
  ProgressMeter meter_;
  Trainer trainer_;
  std::optional<MetricsLog> trunk_log_;
  TrainingProgress trunk_;  // valid once trunk_log_ is open
  std::optional<TrunkSnapshot> snapshot_;
  std::string diverged_;  // why the last stretch did, if it did
  bool trunk_diverged_ = false;
  const PlannedRun* branch_ = nullptr;  // in work; null: the trunk
  double last_checkpoint_;              // monotonic seconds
};

GroupTraining::GroupTraining(const SweepDir& dir, const RunGroup& group,
                             const Task& task, at::Device device,
                             TrainingObserver& observer)
    : dir_(dir),
      group_(group),
      task_(task),
      observer_(observer),
      meter_(group),
      trainer_(group, task, device),
      last_checkpoint_(MonotonicSeconds()) {}

GroupOutcome GroupTraining::Run() {
  const std::vector<PlannedRun> pending = PendingRuns(dir_, group_);
  RemoveLeftoverCheckpoints(dir_, group_, pending);
  meter_.Start(pending);
  for (const PlannedRun& run : pending) {
    if (!TrainRun(run, &run != &pending.back())) return GroupOutcome::kStopped;
  }
  TrunkCheckpoints().Delete();
  return GroupOutcome::kEnded;
}

/// Returns whether the run has ended; if not, it was stopped.
bool GroupTraining::TrainRun(const PlannedRun& run, bool trunk_goes_on) {
  TrainingProgress progress = FreshProgress();
  if (!ResumeBranch(run, trunk_goes_on, &progress)) {
    const StretchEnd end = AdvanceTrunk(run);
    if (end == StretchEnd::kStopped) return false;
    progress = trunk_;
    trunk_.seconds = 0.0;
    trunk_.tokens = 0;
    if (end == StretchEnd::kDiverged) {
      EndRun(run, progress, {.diverged = "trunk: " + diverged_});
      return true;
    }
    PutTrunkAside(trunk_goes_on);
  }
  branch_ = &run;
  const bool ended = CoolDown(run, std::move(progress));
  branch_ = nullptr;
  if (ended) BringTrunkBack();
  return ended;
}

bool GroupTraining::ResumeBranch(const PlannedRun& run, bool trunk_goes_on,
                                 TrainingProgress* progress) {
  CheckpointDir checkpoints = BranchCheckpoints(run);
  if (checkpoints.empty()) return false;
  PutTrunkAside(trunk_goes_on);
  std::vector<std::string> notes;
  const bool loaded = checkpoints.Load(run.steps, progress, &trainer_, &notes);
  for (const std::string& note : notes) observer_.OnNote(note);
  if (!loaded) snapshot_.reset();  // the trunk is still in the trainer
  return loaded;
}

void GroupTraining::StartTrunk(std::int64_t last_step) {
  trunk_ = FreshProgress();
  std::vector<std::string> notes;
  if (!TrunkCheckpoints().Load(last_step, &trunk_, &trainer_, &notes)) {
    trainer_.Initialize();
  }
  for (const std::string& note : notes) observer_.OnNote(note);
  trunk_log_.emplace(dir_.group(group_.id) / "metrics.jsonl",
                     std::max(trunk_.step, LastStepInUse()));
  NoteDamage(*trunk_log_);
}

/// Returns how far the trunk's curve belongs to runs that have ended: a shorter
/// run that is trained again must not cut it.
std::int64_t GroupTraining::LastStepInUse() const {
  std::int64_t last = 0;
  for (const PlannedRun& run : group_.runs) {
    if (FindResult(dir_, run.id)) last = std::max(last, run.branch_step);
  }
  return last;
}

StretchEnd GroupTraining::AdvanceTrunk(const PlannedRun& run) {
  if (trunk_diverged_) return StretchEnd::kDiverged;
  if (!trunk_log_) StartTrunk(run.branch_step);
  assert(trunk_.step <= run.branch_step);
  const LrSchedule schedule = MakeSchedule(group_.training, run.steps);
  CurveRecorder recorder(group_.training, schedule, TrunkCurve(), Results(),
                         &*trunk_log_, &trunk_);
  const StretchEnd end =
      TrainUntil(run.branch_step, schedule, recorder, [this] {
        trunk_log_->Sync();
        TrunkCheckpoints().Store(trunk_, trainer_.state());
      });
  trunk_diverged_ = end == StretchEnd::kDiverged;
  return end;
}

void GroupTraining::PutTrunkAside(bool goes_on) {
  if (goes_on && trunk_log_) {
    snapshot_ = TrunkSnapshot{.state = trainer_.state().Clone()};
  }
}

void GroupTraining::BringTrunkBack() {
  if (!snapshot_) return;
  trainer_.Load(snapshot_->state);
  snapshot_.reset();
}

/// Returns whether the run has ended; if not, it was stopped.
bool GroupTraining::CoolDown(const PlannedRun& run, TrainingProgress progress) {
  const LrSchedule schedule = MakeSchedule(group_.training, run.steps);
  MakeDirectory(dir_.run(run.id));
  // A line of the last step is written after the evaluation, and then again
  // when the result is missing all the same.
  MetricsLog log(dir_.run(run.id) / "metrics.jsonl",
                 std::min(progress.step, run.steps - 1));
  NoteDamage(log);
  CurveRecorder recorder(group_.training, schedule, BranchCurve(), Results(),
                         &log, &progress);
  const auto store_checkpoint = [&] {
    log.Sync();
    StoreBranchCheckpoint(run, progress);
  };
  switch (TrainUntil(run.steps, schedule, recorder, store_checkpoint)) {
    case StretchEnd::kStopped:
      return false;
    case StretchEnd::kDiverged:
      log.Sync();
      EndRun(run, progress, {.diverged = diverged_});
      return true;
    case StretchEnd::kReached:
      break;
  }
  const auto stop = [this] { return observer_.StopRequested(); };
  const std::optional<Evaluation> evaluation = trainer_.Evaluate(stop);
  const bool finite = evaluation && std::isfinite(evaluation->loss);
  const std::optional<Json> probes =
      finite ? trainer_.MeasureProbes(stop) : Json();
  if (!evaluation || !probes) {
    StoreCheckpoint(store_checkpoint);
    return false;
  }
  recorder.WriteLine(evaluation->loss);
  log.Sync();
  if (finite) {
    EndRun(run, progress, {.evaluation = evaluation, .probes = *probes});
  } else {
    EndRun(run, progress,
           {.diverged = fmt::format("the loss on the evaluation set is {}",
                                    evaluation->loss)});
  }
  return true;
}

void GroupTraining::EndRun(const PlannedRun& run,
                           const TrainingProgress& progress,
                           const RunEnd& end) {
  RunResult result = ResultFor(group_, run);
  if (end.evaluation) {
    result.loss = end.evaluation->loss;
    result.loss_std_error = end.evaluation->std_error;
    result.probes = end.probes;
  } else {
    result.status = RunStatus::kDiverged;
    result.reason = end.diverged;
  }
  result.train_loss = progress.last_mean_loss;
  result.wall_seconds = progress.seconds;
  if (progress.seconds > 0.0) {
    result.tokens_per_second =
        static_cast<double>(progress.tokens) / progress.seconds;
  }
  Json device = DescribeDevice(trainer_.device());
  if (const auto launch = trainer_.DescribeLaunch()) device["launch"] = *launch;
  result.device = std::move(device);
  result.software = DescribeSoftware();
  // Of data that changed meanwhile it would be of neither the old nor the new.
  task_.RequireUnchanged();
  // A result vouches for the whole curve that led to it.
  if (trunk_log_) trunk_log_->Sync();
  StoreResult(dir_, result);
  BranchCheckpoints(run).Delete();
  meter_.RunEnded(run);
  observer_.OnRunEnded(result);
}

StretchEnd GroupTraining::TrainUntil(
    std::int64_t end_step, const LrSchedule& schedule, CurveRecorder& recorder,
    const std::function<void()>& store_checkpoint) {
  const auto read = [&] {
    const auto diverged = recorder.Read();
    if (diverged) diverged_ = *diverged;
    return !diverged;
  };
  while (recorder.step() < end_step) {
    const bool stop = observer_.StopRequested();
    if (stop || MonotonicSeconds() - last_checkpoint_ >
                    group_.training.checkpoint_every_seconds) {
      if (!read()) return StretchEnd::kDiverged;
      StoreCheckpoint(store_checkpoint);
      last_checkpoint_ = MonotonicSeconds();
      if (stop) return StretchEnd::kStopped;
    }
    trainer_.Update(recorder.step(), schedule);
    if (const auto diverged = recorder.RecordUpdate()) {
      diverged_ = *diverged;
      return StretchEnd::kDiverged;
    }
    if (const auto news =
            meter_.Update(branch_, recorder.step(), recorder.MeanLoss())) {
      observer_.OnProgress(*news);
    }
  }
  return read() ? StretchEnd::kReached : StretchEnd::kDiverged;
}

/// A checkpoint is of the data that the sweep was planned with, or none: who
/// goes on from it could not tell.
void GroupTraining::StoreCheckpoint(const std::function<void()>& store) const {
  task_.RequireUnchanged();
  store();
}

void GroupTraining::StoreBranchCheckpoint(const PlannedRun& run,
                                          const TrainingProgress& progress) {
  if (snapshot_ && !snapshot_->stored) {
    trunk_log_->Sync();
    TrunkCheckpoints().Store(trunk_, snapshot_->state);
    snapshot_->stored = true;
  }
  BranchCheckpoints(run).Store(progress, trainer_.state());
}

void GroupTraining::NoteDamage(const MetricsLog& log) {
  for (const std::string& line : log.damage()) {
    observer_.OnNote(line + "; left out, the curve has a gap there");
  }
}

TrainingProgress GroupTraining::FreshProgress() const {
  TrainingProgress progress;
  progress.guard = DivergenceGuard(group_.shape);
  return progress;
}

CheckpointDir GroupTraining::TrunkCheckpoints() const {
  return {dir_.group_checkpoints(group_.id), group_.id};
}

CheckpointDir GroupTraining::BranchCheckpoints(const PlannedRun& run) const {
  return {dir_.run_checkpoints(run.id), run.id};
}

}  // namespace

GroupOutcome TrainGroup(const SweepDir& dir, const RunGroup& group,
                        const Task& task, at::Device device,
                        TrainingObserver& observer) {
  return GroupTraining(dir, group, task, device, observer).Run();
}

}  // namespace isoflop
