// Processors whose matrix products OpenBLAS can be told to use. It takes a
// processor that is newer than itself for an older one, at worst for one of
// 2004, and is up to ten times slower then.

#pragma once

#include <array>
#include <string>

#include "lib/core/cpu_features.h"
#include "lib/core/names.h"

namespace isoflop {

/// Oldest first: each one's products need what the one before it has.
enum class BlasCore {
  kHaswell,   // AVX2
  kSkylakeX,  // AVX-512
};
constexpr std::array<NamedValue<BlasCore>, 2> EnumNames(BlasCore) {
  return {{{BlasCore::kHaswell, "Haswell"}, {BlasCore::kSkylakeX, "SkylakeX"}}};
}

/// The variable that OpenBLAS reads when it is loaded.
inline constexpr const char* kBlasCoreVariable = "OPENBLAS_CORETYPE";

/// Returns "OPENBLAS_CORETYPE=Haswell".
inline std::string Setting(BlasCore core) {
  return std::string(kBlasCoreVariable) + "=" + std::string(NameOf(core));
}

/// Whether this processor can run its products; others would kill the process.
inline bool CpuRuns(BlasCore core) {
  return core == BlasCore::kSkylakeX ? HasAvx512() : HasAvx2();
}

}  // namespace isoflop
