#include "lib/train/worker.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <thread>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/json.h"
#include "lib/core/seal.h"
#include "lib/model/torch_compat.h"
#include "lib/record/group_status.h"
#include "lib/record/lease.h"
#include "lib/sweep/plan_from_json.h"
#include "lib/train/beating_lease.h"
#include "lib/train/device.h"
#include "lib/train/group_trainer.h"

namespace isoflop {
namespace {

constexpr double kStatusSeconds = 5.0;

/// Another worker has the group now. No Error: the group has not failed.
class LeaseLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Passes on what a training says, and stops it when the lease is lost.
class EventObserver : public TrainingObserver {
 public:
  EventObserver(const SweepDir& dir, const std::string& group,
                const BeatingLease& lease,
                const std::function<void(const WorkerEvent&)>& emit,
                const std::function<void(const std::string&)>& note,
                const std::function<bool()>& stop)
      : dir_(dir),
        group_(group),
        lease_(lease),
        emit_(emit),
        note_(note),
        stop_(stop) {}

  void OnProgress(const GroupStatus& status) override {
    tokens_done_ = status.tokens_done;
    WorkerEvent event = EventOf(WorkerEventKind::kProgress);
    event.run = status.run;
    event.loss = status.train_loss;
    event.tokens_per_second = status.tokens_per_second;
    emit_(event);
    const double now = MonotonicSeconds();
    if (now - last_status_ < kStatusSeconds) return;
    last_status_ = now;
    StoreStatus(status);
  }

  void OnRunEnded(const RunResult& result) override {
    WorkerEvent event = EventOf(WorkerEventKind::kRunEnded);
    event.run = result.id;
    event.status = NameOf(result.status);
    event.loss = result.loss;
    event.tokens_per_second = result.tokens_per_second;
    emit_(event);
  }

  void OnNote(const std::string& note) override { note_(note); }

  bool StopRequested() override {
    if (const LeaseLoss loss = lease_.loss(); loss != LeaseLoss::kNone) {
      throw LeaseLost(fmt::format(
          "{}: {}", dir_.group(group_).string(),
          loss == LeaseLoss::kTakenOver
              ? "another worker has taken this group over"
              : "the claim on it is gone: the directory was moved or deleted"));
    }
    return stop_();
  }

 private:
  WorkerEvent EventOf(WorkerEventKind kind) const {
    WorkerEvent event;
    event.kind = kind;
    event.group = group_;
    event.tokens_done = tokens_done_;
    return event;
  }

  /// It is for people who watch: where it cannot be written, training goes on.
  void StoreStatus(const GroupStatus& status) {
    try {
      StoreGroupStatus(dir_, group_, status);
    } catch (const Error& error) {
      if (!status_failed_) note_(error.what());
      status_failed_ = true;
    }
  }

  const SweepDir& dir_;
  const std::string& group_;
  const BeatingLease& lease_;
  const std::function<void(const WorkerEvent&)>& emit_;
  const std::function<void(const std::string&)>& note_;
  const std::function<bool()>& stop_;
  std::int64_t tokens_done_ = 0;
  double last_status_ = 0.0;  // monotonic seconds
  bool status_failed_ = false;
};

/// Waits for as long as another process holds the group: a leftover worker of
/// a front end that was killed, on its way to a checkpoint. Returns nothing
/// when stopped.
std::optional<Lease> AcquireLease(
    const std::filesystem::path& path,
    const std::function<void(const std::string&)>& note,
    const std::function<bool()>& stop) {
  bool stopped = false;
  bool said = false;
  const auto say = [&](const LeaseHolder& holder) {
    if (!said) {
      note(fmt::format("{}: waiting for another worker to let go: {}",
                       path.string(), Describe(holder)));
    }
    said = true;
  };
  LeaseWatch watch;
  watch.on_begin = say;
  watch.stop = [&] { return stopped = stopped || stop(); };
  LeaseHolder holder;
  while (!watch.stop()) {
    if (auto lease = Lease::Acquire(path, &holder, watch)) return lease;
    say(holder);
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return std::nullopt;
}

/// Whether data have changed since they were opened: then they are opened anew,
/// and what they are now is compared with what was planned.
bool HasChanged(const Task& task) {
  try {
    task.RequireUnchanged();
    return false;
  } catch (const Error&) {
    return true;
  }
}

RunGroup LoadGroup(const SweepDir& dir, const TrainCommand& command) {
  const auto path = dir.group(command.group) / "group.json";
  RunGroup group = RunGroupFromJson(ReadSealedFile(path), path.string());
  if (command.micro_batch_tokens) {
    group.training.micro_batch_tokens = command.micro_batch_tokens;
  }
  return group;
}

}  // namespace

WorkerEvent Worker::Train(const TrainCommand& command) {
  WorkerEvent event;
  event.group = command.group;
  const at::Device device = ResolveDevice(command.device);
  try {
    event.kind = TrainOn(device, SweepDir(command.sweep_dir), command);
  } catch (const std::exception& error) {
    event.out_of_memory = compat::IsOutOfMemory(error);
    const bool of_the_group = dynamic_cast<const Error*>(&error) != nullptr;
    if (!event.out_of_memory && !of_the_group) throw;
    event.kind = WorkerEventKind::kGroupFailed;
    event.reason = compat::Message(error);
  }
  emit_(event);
  return event;
}

WorkerEventKind Worker::TrainOn(at::Device device, const SweepDir& dir,
                                const TrainCommand& command) {
  const RunGroup group = LoadGroup(dir, command);
  auto lease = AcquireLease(dir.group(group.id) / "lease.json", note_, stop_);
  if (!lease) return WorkerEventKind::kStopped;
  const BeatingLease beating(std::move(*lease));
  EventObserver observer(dir, group.id, beating, emit_, note_, stop_);
  const GroupOutcome outcome =
      TrainGroup(dir, group, OpenData(group), device, observer);
  return outcome == GroupOutcome::kEnded ? WorkerEventKind::kGroupEnded
                                         : WorkerEventKind::kStopped;
}

const Task& Worker::OpenData(const RunGroup& group) {
  const std::string key = fmt::format("{} {}", group.shape.context,
                                      CanonicalText(ToJson(group.data)));
  if (!task_ || key != task_key_ || HasChanged(*task_)) {
    task_.reset();
    task_ = OpenTask(group.data, group.shape.context);
    task_key_ = key;
  }
  Require(task_->info().fingerprint == group.data_fingerprint,
          "data: has changed since the sweep was planned: its fingerprint is "
          "{}, planned with {}; restore it, or start another sweep directory",
          task_->info().fingerprint, group.data_fingerprint);
  return *task_;
}

}  // namespace isoflop
