#include "lib/train/gpu.h"

#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#ifdef ISOFLOP_WITH_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <mutex>
#include <vector>

namespace isoflop {
namespace {

/// Functions of the driver, which return 0 when all is well. Looked up when the
/// program runs, since most machines have none.
template <typename Function>
Function Find(void* driver, const char* name) {
  return reinterpret_cast<Function>(::dlsym(driver, name));
}

std::mutex streams_mutex;
std::vector<c10::Stream> free_streams;

/// Returns a stream of the device that nobody uses.
c10::Stream TakeStream(at::Device device) {
  const std::lock_guard lock(streams_mutex);
  const auto found = std::find_if(
      free_streams.begin(), free_streams.end(),
      [&](const c10::Stream& stream) { return stream.device() == device; });
  if (found == free_streams.end()) {
    return c10::impl::VirtualGuardImpl(device.type())
        .getStreamFromGlobalPool(device);
  }
  const c10::Stream stream = *found;
  free_streams.erase(found);
  return stream;
}

}  // namespace

std::optional<GpuDescription> DescribeGpu(int index) {
  void* driver = ::dlopen("libcuda.so.1", RTLD_NOW);
  if (driver == nullptr) return std::nullopt;
  const auto init = Find<int (*)(unsigned)>(driver, "cuInit");
  const auto get = Find<int (*)(int*, int)>(driver, "cuDeviceGet");
  const auto get_name =
      Find<int (*)(char*, int, int)>(driver, "cuDeviceGetName");
  const auto get_memory =
      Find<int (*)(std::size_t*, int)>(driver, "cuDeviceTotalMem_v2");
  if (!init || !get || !get_name || !get_memory) return std::nullopt;
  int device = 0;
  std::array<char, 256> name{};
  std::size_t memory = 0;
  if (init(0) != 0 || get(&device, index) != 0 ||
      get_name(name.data(), static_cast<int>(name.size()) - 1, device) != 0 ||
      get_memory(&memory, device) != 0) {
    return std::nullopt;
  }
  return GpuDescription{.model = name.data(),
                        .memory_bytes = static_cast<std::int64_t>(memory)};
}

OwnStream::OwnStream(at::Device device) {
  if (!device.is_cpu()) guard_.reset_stream(TakeStream(device));
}

OwnStream::~OwnStream() {
  if (const auto stream = guard_.current_stream()) {
    const std::lock_guard lock(streams_mutex);
    free_streams.push_back(*stream);
  }
}

std::optional<double> GpuPeakBytes([[maybe_unused]] at::Device device) {
#ifdef ISOFLOP_WITH_CUDA
  constexpr std::size_t kOfAllBlocks = 0;  // not of small or large ones only
  const auto stats =
      c10::cuda::CUDACachingAllocator::getDeviceStats(device.index());
  return static_cast<double>(stats.reserved_bytes[kOfAllBlocks].peak);
#else
  return std::nullopt;
#endif
}

}  // namespace isoflop
