// Work on a GPU that is done over and over, launched as one CUDA graph.

#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <memory>
#include <string>

namespace isoflop {

/// Does the same work again and again. On a GPU, where LibTorch has CUDA
/// graphs, the work is recorded after kWarmUps ordinary runs and replayed from
/// then on: one launch instead of one per operation, which is what bounds small
/// models. The results are the same, bit by bit.
///
/// REQUIRES of the work: it reads and writes tensors that stay where they are,
/// waits for nothing, and runs on a stream that is not the default one. What a
/// thread does beside it must not need its turn (see EagerTurn) meanwhile.
class Replay {
 public:
  /// Runs before the work is recorded: libraries set themselves up in them.
  static constexpr int kWarmUps = 3;

  /// Takes its memory from that of `beside`, unless null: the two must never
  /// run at the same time. With `record` off nothing is recorded.
  Replay(at::Device device, std::function<void()> work,
         const Replay* beside = nullptr, bool record = true);
  ~Replay();
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  /// Does the work once more. Throws what it throws; nothing is lost when the
  /// work could not be recorded: then it runs as before, and why_not says why.
  void Run();

  /// Whether it is recorded.
  bool recorded() const { return graph_ != nullptr; }

  /// Why it could not be recorded; empty if it was, or nobody has tried.
  const std::string& why_not() const { return why_not_; }

 private:
  struct Graph;

  void RecordNow();

  at::Device device_;
  std::function<void()> work_;
  const Replay* beside_;
  bool record_;
  int runs_ = 0;
  std::unique_ptr<Graph> graph_;
  std::string why_not_;
};

/// Holds, for as long as it lives, the turn of this process to do other things
/// on GPUs than replay: while one thread records, no other may set up a library
/// or allocate.
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
