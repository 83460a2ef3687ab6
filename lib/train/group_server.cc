#include "lib/train/group_server.h"

#include <chrono>
#include <thread>
#include <utility>

#include "lib/model/set_up.h"

namespace isoflop {
namespace {

constexpr std::chrono::milliseconds kPause(1);

bool IsLast(WorkerEventKind kind) {
  return kind == WorkerEventKind::kGroupEnded ||
         kind == WorkerEventKind::kGroupFailed ||
         kind == WorkerEventKind::kStopped;
}

bool IsReady(const std::future<void>& done) {
  return done.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

}  // namespace

GroupServer::GroupServer(std::function<void(const WorkerEvent&)> emit,
                         std::function<void(const std::string&)> note)
    : emit_(std::move(emit)), note_(std::move(note)) {}

// A future of std::async waits for its thread when it is destroyed.
GroupServer::~GroupServer() { stop_ = true; }

void GroupServer::Begin(const TrainCommand& command) {
  if (!Claim(command.group)) {
    Note(command.group + ": is in work here already; the command is refused");
    return;
  }
  GroupThread* thread = FreeThread();
  thread->done = std::async(std::launch::async, [thread, command] {
    SetUpComputing();  // which is for one thread
    thread->worker.Train(command);
  });
}

void GroupServer::Check() {
  for (const auto& thread : threads_) {
    if (thread->done.valid() && IsReady(thread->done)) thread->done.get();
  }
}

bool GroupServer::Stop() {
  stop_ = true;
  while (CountInWork() > 0) {
    Check();
    std::this_thread::sleep_for(kPause);
  }
  Check();
  return any_stopped_;
}

GroupServer::GroupThread* GroupServer::FreeThread() {
  // One that has sent its last event is about to be free.
  while (threads_.size() >= CountInWork()) {
    Check();
    for (const auto& thread : threads_) {
      if (!thread->done.valid()) return thread.get();
    }
    std::this_thread::sleep_for(kPause);
  }
  Worker worker([this](const WorkerEvent& event) { Emit(event); },
                [this](const std::string& note) { Note(note); },
                [this] { return stop_.load(); });
  threads_.push_back(std::make_unique<GroupThread>(
      GroupThread{.worker = std::move(worker), .done = {}}));
  return threads_.back().get();
}

/// Returns whether the group was free.
bool GroupServer::Claim(const std::string& group) {
  const std::lock_guard lock(mutex_);
  return in_work_.insert(group).second;
}

/// The group is free before anybody hears of its end: then the next command for
/// it may be under way.
void GroupServer::Emit(const WorkerEvent& event) {
  const std::lock_guard lock(mutex_);
  if (IsLast(event.kind)) in_work_.erase(event.group);
  any_stopped_ = any_stopped_ || event.kind == WorkerEventKind::kStopped;
  emit_(event);
}

void GroupServer::Note(const std::string& note) {
  const std::lock_guard lock(mutex_);
  note_(note);
}

std::size_t GroupServer::CountInWork() {
  const std::lock_guard lock(mutex_);
  return in_work_.size();
}

}  // namespace isoflop
