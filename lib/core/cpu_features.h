// Which vectors the processor of this machine computes with.

#pragma once

#include <string_view>

namespace isoflop {

/// Whether it has AVX2 and FMA.
inline bool HasAvx2() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") != 0 &&
         __builtin_cpu_supports("fma") != 0;
#else
  return false;
#endif
}

/// Whether it has what LibTorch asks for before it takes a processor for one
/// with AVX-512: F, VL, BW, DQ, and FMA.
inline bool HasAvx512() {
#if defined(__x86_64__)
  return HasAvx2() && __builtin_cpu_supports("avx512f") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0;
#else
  return false;
#endif
}

/// Whether it multiplies pairs of bf16 numbers (AVX512-BF16).
inline bool HasAvx512Bf16() {
#if defined(__x86_64__)
  return HasAvx512() && __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

/// Returns the widest of these, "baseline" for none: processors of one class
/// run the same instructions, and so round alike.
inline std::string_view VectorClass() {
  if (HasAvx512Bf16()) return "AVX512-BF16";
  if (HasAvx512()) return "AVX-512";
  return HasAvx2() ? "AVX2" : "baseline";
}

}  // namespace isoflop
