#include "lib/core/worker_environment.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "lib/core/cpu_features.h"

namespace isoflop {

std::vector<std::string> WorkerEnvironment(
    std::vector<std::string> own, const std::vector<std::string>& also) {
  std::vector<std::string_view> wanted(also.begin(), also.end());
  wanted.insert(wanted.end(), {"OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1",
                               "MKL_NUM_THREADS=1", "OMP_WAIT_POLICY=passive"});
  if (HasAvx512()) wanted.emplace_back("ATEN_CPU_CAPABILITY=avx512");
  for (const std::string_view variable : wanted) {
    // With its '=', so that no longer name is taken for it.
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
