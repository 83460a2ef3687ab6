#include "lib/train/beating_lease.h"

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <utility>

namespace isoflop {
namespace {

/// Leaves signals to the main thread, whose waiting they are to interrupt.
void BlockSignals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

BeatingLease::BeatingLease(Lease lease)
    : lease_(std::move(lease)), thread_([this] { BeatUntilStopped(); }) {}

BeatingLease::~BeatingLease() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stop_changed_.notify_one();
  thread_.join();
}

void BeatingLease::BeatUntilStopped() {
  BlockSignals();
  const std::chrono::duration<double> pause(Lease::kBeatSeconds);
  std::unique_lock lock(mutex_);
  while (!stop_changed_.wait_for(lock, pause, [this] { return stop_; })) {
    if (!lease_.Beat()) loss_ = lease_.loss();
  }
}

}  // namespace isoflop
