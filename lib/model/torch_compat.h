// Every difference between LibTorch versions, in one place. The rest of the
// code compiles unchanged against LibTorch 1.13 and 2.x.

#pragma once

#include <ATen/Context.h>
#include <c10/util/Exception.h>
#include <torch/cuda.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>
#include <string>
#include <string_view>

#include "lib/model/tensor.h"
#include "lib/model/torch_version.h"

namespace isoflop::compat {

/// Returns how many GPUs there are, in a type of which the versions differ.
inline int GpuCount() { return static_cast<int>(torch::cuda::device_count()); }

/// Whether CUDA graphs can be recorded while other threads use the same GPU.
inline constexpr bool kHasCudaGraphs = ISOFLOP_TORCH_AT_LEAST(2, 4);

/// Makes LibTorch do without cuDNN's attention, which it prefers on some GPUs.
/// That compiles its kernels when a thread first uses them, with a library that
/// only Python looks for in its packages (pytorch issue 145580), and in 2.9 it
/// is wrong for some contexts (169849).
inline void AvoidCudnnAttention() {
#if ISOFLOP_TORCH_AT_LEAST(2, 5)
  at::globalContext().setSDPUseCuDNN(false);
#endif
}

/// Makes cuBLAS add up the parts of a bf16 product in fp32.
inline void SumBf16InFp32() {
#if ISOFLOP_TORCH_AT_LEAST(2, 0)
  at::globalContext().setAllowBF16ReductionCuBLAS(false);
#endif
}

/// Whether CausalAttention looks at its mask.
inline constexpr bool kAttentionNeedsMask = !ISOFLOP_TORCH_AT_LEAST(2, 0);

/// Attention of every query to the keys at and before its own position:
///
///   softmax(q k^T / sqrt(head size) + mask) v
///
/// q, k, v [B, heads, T, head size], any floating dtype; `mask` [T, T] is 0 on
/// and below the diagonal and minus infinity above. The softmax is in fp32.
/// LibTorch 2 has a kernel that builds no [T, T] matrix and needs no mask.
/// Source: Vaswani et al. 2017, eq. 1 (arXiv:1706.03762).
inline at::Tensor CausalAttention(const at::Tensor& q, const at::Tensor& k,
                                  const at::Tensor& v, const at::Tensor& mask) {
#if ISOFLOP_TORCH_AT_LEAST(2, 0)
  static_cast<void>(mask);
  return at::scaled_dot_product_attention(q, k, v, {}, 0.0, true);
#else
  const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(-1)));
  const at::Tensor scores = at::matmul(q * scale, k.transpose(-2, -1)) + mask;
  return at::matmul(at::softmax(scores, -1).to(v.scalar_type()), v);
#endif
}

/// Returns gain * x / sqrt(mean(x^2) + epsilon) over the last dimension, in one
/// kernel where LibTorch has that. Source: Zhang & Sennrich 2019, eq. 4
/// (arXiv:1910.07467).
inline at::Tensor RmsNorm(const at::Tensor& x, const at::Tensor& gain,
                          double epsilon) {
#if ISOFLOP_TORCH_AT_LEAST(2, 4)
  return at::rms_norm(x, gain.sizes(), gain, epsilon);
#else
  const at::Tensor mean_square = at::mean(x * x, -1, /*keepdim=*/true);
  return x * at::rsqrt(mean_square + epsilon) * gain;
#endif
}

/// Returns whether `error` says that a device, or this machine, has run out of
/// memory. LibTorch has a type for it where its own allocator failed on CUDA;
/// the CPU and the libraries of CUDA have texts.
inline bool IsOutOfMemory(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error)) return true;
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error)) return true;
  constexpr std::string_view kSigns[] = {
      "out of memory", "can't allocate memory", "not enough memory",
      "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED"};
  const std::string_view text = error.what();
  return std::ranges::any_of(kSigns, [text](std::string_view sign) {
    return text.find(sign) != std::string_view::npos;
  });
}

/// Returns the message of `error` without LibTorch's stack of C++ frames.
inline std::string Message(const std::exception& error) {
  const auto* of_torch = dynamic_cast<const c10::Error*>(&error);
  return of_torch != nullptr ? of_torch->what_without_backtrace()
                             : error.what();
}

}  // namespace isoflop::compat
