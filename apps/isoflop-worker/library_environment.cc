#include "apps/isoflop-worker/library_environment.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>

#include "lib/train/device.h"

namespace isoflop {
namespace {

/// Sets a variable that the user has not; returns whether that was so.
bool SetIfAbsent(const char* name, const char* value) {
  if (std::getenv(name) != nullptr) return false;
  ::setenv(name, value, /*overwrite=*/0);
  return true;
}

bool SettleThreads() {
  bool changed = SetIfAbsent("OMP_NUM_THREADS", "1");
  changed |= SetIfAbsent("OPENBLAS_NUM_THREADS", "1");
  changed |= SetIfAbsent("OMP_WAIT_POLICY", "passive");
  return changed;
}

#if defined(__x86_64__)
bool HasAvx512() {
  return __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq");
}

bool HasAvx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/// Whether OpenBLAS has settled for the products of a CPU without AVX2.
bool BlasFallsShort() {
  constexpr std::array<const char*, 13> kOldCores{
      "Prescott",     "Core2",     "Atom",        "Nano",   "Penryn",
      "Dunnington",   "Nehalem",   "Sandybridge", "Katmai", "Opteron",
      "Opteron_SSE3", "Barcelona", "Bobcat"};
  const std::string core = BlasCore();
  for (const char* old : kOldCores) {
    if (core == old) return true;
  }
  return false;
}

bool SettleVectors() {
  bool changed = false;
  if (HasAvx512()) changed = SetIfAbsent("ATEN_CPU_CAPABILITY", "avx512");
  if (HasAvx2() && BlasFallsShort()) {
    changed |=
        SetIfAbsent("OPENBLAS_CORETYPE", HasAvx512() ? "SkylakeX" : "Haswell");
  }
  return changed;
}
#else
bool SettleVectors() { return false; }
#endif

}  // namespace

void SettleLibraryEnvironment(char** argv) {
  const bool threads = SettleThreads();
  const bool vectors = SettleVectors();
  // Where it cannot be restarted, training is slower and no less right.
  if (threads || vectors) ::execv("/proc/self/exe", argv);
}

}  // namespace isoflop
