#include "lib/train/replay.h"

#include <exception>
#include <mutex>
#include <utility>

#include "lib/model/torch_compat.h"
#include "lib/model/torch_version.h"

#ifdef ISOFLOP_WITH_CUDA
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#endif

namespace isoflop {
namespace {

std::recursive_mutex eager_turn;

/// Why this build cannot record; empty if it can.
std::string WhyNotHere() {
  if (!compat::kHasCudaGraphs) return "CUDA graphs need LibTorch 2.4 or newer";
#ifdef ISOFLOP_WITH_CUDA
  return "";
#else
  return "isoflop-worker was built without the headers of CUDA";
#endif
}

}  // namespace

EagerTurn::EagerTurn(at::Device device) : held_(!device.is_cpu()) {
  if (held_) eager_turn.lock();
}

EagerTurn::~EagerTurn() {
  if (held_) eager_turn.unlock();
}

Replay::Replay(at::Device device, std::function<void()> work, Replay* beside,
               bool record)
    : device_(device),
      work_(std::move(work)),
      beside_(beside),
      record_(record && device.is_cuda()) {
  if (!record_) return;
  why_not_ = WhyNotHere();
  record_ = why_not_.empty();
}

void Replay::TryToRecord() {
  try {
    Record();
  } catch (const std::exception& error) {
    GiveUp(compat::Message(error));
    // A failed recording may have given back what the other's graph points to.
    if (beside_ != nullptr) beside_->GiveUp(why_not_);
    if (compat::IsOutOfMemory(error)) throw;
  }
}

#if defined(ISOFLOP_WITH_CUDA) && ISOFLOP_TORCH_AT_LEAST(2, 4)

namespace {

using PoolId = decltype(at::cuda::graph_pool_handle());

void Begin(at::cuda::CUDAGraph* graph, PoolId pool) {
  // Other threads may copy and wait meanwhile.
  graph->capture_begin(pool, cudaStreamCaptureModeThreadLocal);
}

/// Takes back what a failed recording leaves behind, which would make the
/// graphs and allocations of all threads fail. Newer versions do that.
void CleanUp([[maybe_unused]] at::Device device, [[maybe_unused]] PoolId pool) {
#if !ISOFLOP_TORCH_AT_LEAST(2, 13)
  namespace allocator = c10::cuda::CUDACachingAllocator;
  allocator::endAllocateToPool(device.index(), pool);
  allocator::releasePool(device.index(), pool);
  // The generator of random numbers believes in a recording until one ends.
  at::Tensor number = at::zeros({1}, at::TensorOptions(device));
  at::cuda::CUDAGraph trivial;
  Begin(&trivial, at::cuda::graph_pool_handle());
  number.zero_();
  trivial.capture_end();
#endif
}

}  // namespace

struct Replay::Graph {
  explicit Graph(PoolId id) : pool(id) {}

  PoolId pool;
  at::cuda::CUDAGraph cuda;
};

/// Recording runs nothing, so that a failure loses nothing.
void Replay::Record() {
  // What the warm-up used would stay beside what the graph is about to take.
  c10::cuda::CUDACachingAllocator::emptyCache();
  const bool shares = beside_ != nullptr && beside_->recorded();
  auto graph = std::make_unique<Graph>(shares ? beside_->graph_->pool
                                              : at::cuda::graph_pool_handle());
  Begin(&graph->cuda, graph->pool);
  std::exception_ptr failure;
  try {
    work_();
  } catch (...) {
    failure = std::current_exception();
  }
  try {
    graph->cuda.capture_end();
  } catch (...) {
    CleanUp(device_, graph->pool);
    if (!failure) throw;
  }
  if (failure) std::rethrow_exception(failure);
  graph_ = std::move(graph);
}

void Replay::Run(bool may_record) {
  const EagerTurn turn(device_);
  if (!graph_ && record_ && may_record && warm()) TryToRecord();
  if (graph_) return graph_->cuda.replay();
  ++runs_;
  work_();
}

#else

struct Replay::Graph {};

void Replay::Record() {}

void Replay::Run(bool /*may_record*/) {
  const EagerTurn turn(device_);
  ++runs_;
  work_();
}

#endif

void Replay::GiveUp(const std::string& why) {
  graph_.reset();
  record_ = false;
  why_not_ = why;
}

Replay::~Replay() {
  const EagerTurn turn(device_);
  graph_.reset();
}

}  // namespace isoflop
