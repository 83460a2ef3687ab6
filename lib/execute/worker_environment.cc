#include "lib/execute/worker_environment.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace isoflop {
namespace {

/// What ATen asks of a processor before it would choose AVX-512 by itself.
bool HasAvx512() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 &&
         __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512dq") != 0 &&
         __builtin_cpu_supports("fma") != 0;
#else
  return false;
#endif
}

}  // namespace

std::vector<std::string> WorkerEnvironment(std::vector<std::string> own) {
  std::vector<std::string_view> wanted = {
      "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1", "MKL_NUM_THREADS=1",
      "OMP_WAIT_POLICY=passive"};
  if (HasAvx512()) wanted.emplace_back("ATEN_CPU_CAPABILITY=avx512");
  for (const std::string_view variable : wanted) {
    const auto name = variable.substr(0, variable.find('=') + 1);
    const bool set = std::ranges::any_of(
        own, [&](const std::string& mine) { return mine.starts_with(name); });
    if (!set) own.emplace_back(variable);
  }
  return own;
}

std::vector<std::string> OwnEnvironment() {
  std::vector<std::string> own;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    own.emplace_back(*variable);
  }
  return own;
}

}  // namespace isoflop
