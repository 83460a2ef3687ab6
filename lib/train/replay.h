// Work on a GPU that is done over and over, launched as one CUDA graph.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lib/model/tensor.h"

namespace isoflop {

/// Does the same work again and again. On a GPU, from LibTorch 2.4 on, it is
/// recorded as a CUDA graph after kWarmUps ordinary runs and replayed from then
/// on: one launch instead of one per operation, which is what bounds small
/// models. The results are the same, bit by bit.
///
/// REQUIRES of the work: it reads and writes tensors that stay where they are,
/// waits for nothing, and runs on a stream that nobody else uses.
class Replay {
 public:
  /// Runs before the work is recorded: libraries set themselves up in them.
  static constexpr int kWarmUps = 3;

  /// Takes its memory from that of `beside`, unless null: the two must never
  /// run at the same time, and where this one cannot be recorded the other is
  /// not either. With `record` off nothing is recorded.
  Replay(at::Device device, std::function<void()> work,
         Replay* beside = nullptr, bool record = true);
  ~Replay();
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  /// Does the work once more; records it first if it is time to, unless
  /// `may_record` is off. Throws what the work throws. Where it cannot be
  /// recorded it runs as before, and why_not says why.
  void Run(bool may_record = true);

  /// Whether it has run often enough to be recorded.
  bool warm() const { return runs_ >= kWarmUps; }

  /// Whether it is recorded.
  bool recorded() const { return graph_ != nullptr; }

  /// Why it could not be recorded; empty if it was, or nobody has tried.
  const std::string& why_not() const { return why_not_; }

 private:
  struct Graph;

  void TryToRecord();
  void GiveUp(const std::string& why);
  void Record();

  at::Device device_;
  std::function<void()> work_;
  Replay* beside_;
  bool record_;
  int runs_ = 0;  // ordinary ones
  std::unique_ptr<Graph> graph_;
  std::string why_not_;
};

/// Holds, for as long as it lives, the turn of this process to use its GPUs:
/// while one thread records, no other may launch a graph, set up a library or
/// allocate. Whoever only waits for a GPU needs none. A thread may hold
/// several, one within another.
class EagerTurn {
 public:
  /// Does nothing for the CPU.
  explicit EagerTurn(at::Device device);
  ~EagerTurn();
  EagerTurn(const EagerTurn&) = delete;
  EagerTurn& operator=(const EagerTurn&) = delete;

 private:
  bool held_;
};

}  // namespace isoflop
