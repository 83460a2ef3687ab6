// A lease that beats by itself, however long a step takes.

#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "lib/record/lease.h"

namespace isoflop {

/// Beats a lease from a thread of its own until it is destroyed.
class BeatingLease {
 public:
  explicit BeatingLease(Lease lease);
  ~BeatingLease();
  BeatingLease(const BeatingLease&) = delete;
  BeatingLease& operator=(const BeatingLease&) = delete;

  /// Whether the lease is lost, and how: then stop, write nothing more.
  LeaseLoss loss() const { return loss_; }

 private:
  void BeatUntilStopped();

  Lease lease_;
  std::atomic<LeaseLoss> loss_ = LeaseLoss::kNone;
  std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace isoflop
