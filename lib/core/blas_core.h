// Processors whose matrix products OpenBLAS can be told to use. It takes a
// processor that is newer than itself for an older one, at worst for one of
// 2004, and is up to ten times slower then.

#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/cpu_features.h"
#include "lib/core/names.h"

namespace isoflop {

/// What OpenBLAS multiplies as, by rising demands on the processor.
enum class BlasCore {
  kOwn,       // what it takes the processor for
  kHaswell,   // AVX2
  kSkylakeX,  // AVX-512
};
constexpr std::array<NamedValue<BlasCore>, 3> EnumNames(BlasCore) {
  return {{{BlasCore::kOwn, "own"},
           {BlasCore::kHaswell, "Haswell"},
           {BlasCore::kSkylakeX, "SkylakeX"}}};
}

/// The variable that OpenBLAS reads when it is loaded.
inline constexpr const char* kBlasCoreVariable = "OPENBLAS_CORETYPE";

/// Returns {"OPENBLAS_CORETYPE=Haswell"}, or nothing for kOwn.
inline std::vector<std::string> Settings(BlasCore core) {
  if (core == BlasCore::kOwn) return {};
  return {std::string(kBlasCoreVariable) + "=" + std::string(NameOf(core))};
}

/// Whether this processor can run its products; others would kill the process.
inline bool CpuRuns(BlasCore core) {
  return core == BlasCore::kOwn ||
         (core == BlasCore::kSkylakeX ? HasAvx512() : HasAvx2());
}

/// Returns the one with the widest vectors that this processor has.
inline BlasCore WidestBlasCore() {
  if (HasAvx512()) return BlasCore::kSkylakeX;
  return HasAvx2() ? BlasCore::kHaswell : BlasCore::kOwn;
}

/// Whether an OpenBLAS that calls its products `core` leaves vectors unused
/// that this processor has; false for an empty name, which is of another BLAS.
inline bool LeavesVectorsUnused(std::string_view core) {
  constexpr std::array<std::string_view, 3> kAvx512 = {"SkylakeX", "Cooperlake",
                                                       "SapphireRapids"};
  constexpr std::array<std::string_view, 2> kAvx2 = {"Haswell", "Zen"};
  if (core.empty() || !HasAvx2()) return false;
  const auto is_core = [&](std::string_view name) { return name == core; };
  return HasAvx512() ? std::ranges::none_of(kAvx512, is_core)
                     : std::ranges::none_of(kAvx2, is_core);
}

}  // namespace isoflop
