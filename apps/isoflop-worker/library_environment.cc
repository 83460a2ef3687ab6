#include "apps/isoflop-worker/library_environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "lib/core/cpu_features.h"
#include "lib/core/worker_environment.h"
#include "lib/train/device.h"

namespace isoflop {
namespace {

/// Whether OpenBLAS has settled for the products of a CPU without AVX2.
bool BlasFallsShort() {
  constexpr std::array<const char*, 13> kOldCores{
      "Prescott",     "Core2",     "Atom",        "Nano",   "Penryn",
      "Dunnington",   "Nehalem",   "Sandybridge", "Katmai", "Opteron",
      "Opteron_SSE3", "Barcelona", "Bobcat"};
  const std::string core = BlasCore();
  return std::ranges::any_of(kOldCores,
                             [&](const char* old) { return core == old; });
}

/// Returns the environment that this program should have been started in.
std::vector<std::string> WantedEnvironment() {
  std::vector<std::string> wanted = WorkerEnvironment(OwnEnvironment());
  const bool free_to_choose = std::getenv("OPENBLAS_CORETYPE") == nullptr;
  if (free_to_choose && HasAvx2() && BlasFallsShort()) {
    wanted.emplace_back(HasAvx512() ? "OPENBLAS_CORETYPE=SkylakeX"
                                    : "OPENBLAS_CORETYPE=Haswell");
  }
  return wanted;
}

}  // namespace

void SettleLibraryEnvironment(char** argv) {
  std::vector<std::string> wanted = WantedEnvironment();
  if (wanted.size() == OwnEnvironment().size()) return;
  std::vector<char*> pointers;
  for (std::string& variable : wanted) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  // Where it cannot be restarted, training is slower and no less right.
  ::execve("/proc/self/exe", argv, pointers.data());
}

}  // namespace isoflop
