// What is known of a GPU.

#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/StreamGuard.h>

#include <cstdint>
#include <optional>
#include <string>

namespace isoflop {

struct GpuDescription {
  std::string model;              // "NVIDIA H100 80GB HBM3"
  std::int64_t memory_bytes = 0;  // in all
};

/// Returns what the CUDA driver says of GPU number `index`, in the order that
/// CUDA_VISIBLE_DEVICES gives; nothing where there is no driver or no such GPU.
/// LibTorch tells this in headers that only its CUDA build comes with, so the
/// driver is asked itself.
std::optional<GpuDescription> DescribeGpu(int index);

/// While it lives, what its thread does on a GPU goes to a stream of its own,
/// so that several threads share the GPU. There are no more streams than were
/// ever in use at a time: libraries keep memory for each. Does nothing for the
/// CPU.
class OwnStream {
 public:
  explicit OwnStream(at::Device device);
  ~OwnStream();
  OwnStream(const OwnStream&) = delete;
  OwnStream& operator=(const OwnStream&) = delete;

 private:
  c10::OptionalStreamGuard guard_;
};

/// Returns the bytes of a GPU that this process has held at most, CUDA's own
/// aside; nothing where LibTorch's headers do not tell.
std::optional<double> GpuPeakBytes(at::Device device);

}  // namespace isoflop
