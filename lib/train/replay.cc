#include "lib/train/replay.h"

#include <exception>
#include <mutex>
#include <utility>

#include "lib/model/torch_compat.h"

#ifdef ISOFLOP_WITH_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#endif

namespace isoflop {
namespace {

// A thread may take several turns, one within another.
std::recursive_mutex eager_turn;

}  // namespace

EagerTurn::EagerTurn(at::Device device) : held_(!device.is_cpu()) {
  if (held_) eager_turn.lock();
}

EagerTurn::~EagerTurn() {
  if (held_) eager_turn.unlock();
}

#ifdef ISOFLOP_WITH_CUDA

struct Replay::Graph {
  at::cuda::CUDAGraph cuda;
};

/// Recording runs nothing, so a failure loses nothing.
void Replay::RecordNow() {
  // What the warm-up used would stay beside what the graph is about to take.
  c10::cuda::CUDACachingAllocator::emptyCache();
  auto graph = std::make_unique<Graph>();
  const bool shares = beside_ != nullptr && beside_->recorded();
  if (shares) {
    graph->cuda.capture_begin(beside_->graph_->cuda.pool());
  } else {
    graph->cuda.capture_begin();
  }
  try {
    work_();
  } catch (...) {
    // The stream is of no use to anybody before its recording has ended.
    try {
      graph->cuda.capture_end();
    } catch (const std::exception&) {  // because of the same failure
    }
    throw;
  }
  graph->cuda.capture_end();
  graph_ = std::move(graph);
}

#else

struct Replay::Graph {};

void Replay::RecordNow() {}

#endif

Replay::Replay(at::Device device, std::function<void()> work,
               const Replay* beside, bool record)
    : device_(device),
      work_(std::move(work)),
      beside_(beside),
      record_(record && device.is_cuda()) {
#ifndef ISOFLOP_WITH_CUDA
  if (record_) why_not_ = "isoflop-worker is built without the headers of CUDA";
  record_ = false;
#endif
}

Replay::~Replay() = default;

void Replay::Run() {
  if (!graph_) {
    const EagerTurn turn(device_);
    if (!record_ || runs_ < kWarmUps) {
      ++runs_;
      return work_();
    }
    try {
      RecordNow();
    } catch (const std::exception& error) {
      if (compat::IsOutOfMemory(error)) throw;
      why_not_ = compat::Message(error);
      record_ = false;
      return work_();
    }
  }
#ifdef ISOFLOP_WITH_CUDA
  if (graph_) graph_->cuda.replay();
#endif
}

}  // namespace isoflop
