// Trains several groups at the same time, each in a thread of its own: small
// ones leave a GPU room for others.

#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "lib/record/worker_protocol.h"
#include "lib/train/worker.h"

namespace isoflop {

/// To be used from one thread; the threads that train are its own.
class GroupServer {
 public:
  /// `emit` gets every event and `note` what a person should know, from the
  /// threads that train, but never both at once.
  GroupServer(std::function<void(const WorkerEvent&)> emit,
              std::function<void(const std::string&)> note);

  /// Stops what is in work, and waits for that.
  ~GroupServer();
  GroupServer(const GroupServer&) = delete;
  GroupServer& operator=(const GroupServer&) = delete;

  /// Begins to train a group. One that is in work already is refused with a
  /// note: that it ends then answers both commands.
  void Begin(const TrainCommand& command);

  /// To be called often: throws what made a thread give up (see Worker::Train).
  /// The others are of no use after that, and may never end.
  void Check();

  /// Asks every group to stop at a checkpoint, and waits until all have; begins
  /// none after that. Returns whether one stopped before its end. Throws as
  /// Check does.
  bool Stop();

 private:
  /// Trains one group after another, each in a thread of its own, and keeps its
  /// data open in between.
  struct GroupThread {
    Worker worker;
    std::future<void> done;  // valid from Begin to Check
  };

  GroupThread* FreeThread();
  bool Claim(const std::string& group);
  void Emit(const WorkerEvent& event);
  void Note(const std::string& note);
  std::size_t CountInWork();

  const std::function<void(const WorkerEvent&)> emit_;
  const std::function<void(const std::string&)> note_;
  std::mutex mutex_;               // of what follows, and of output
  std::set<std::string> in_work_;  // groups that have not had their last event
  bool any_stopped_ = false;
  std::atomic<bool> stop_ = false;
  std::vector<std::unique_ptr<GroupThread>> threads_;  // of the calling thread
};

}  // namespace isoflop
