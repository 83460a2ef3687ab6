// Where an example ends, for probes that look at its last prediction.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/model/tensor.h"

namespace isoflop {

/// Returns the last position of every example whose loss counts, -1 of one that
/// has none. `counts` is [B, T], double, on the CPU: see ProbeBatch.
inline std::vector<std::int64_t> LastCounted(const at::Tensor& counts) {
  const auto count = counts.accessor<double, 2>();
  std::vector<std::int64_t> last;
  last.reserve(static_cast<std::size_t>(count.size(0)));
  for (std::int64_t i = 0; i < count.size(0); ++i) {
    std::int64_t t = count.size(1) - 1;
    while (t >= 0 && count[i][t] == 0.0) --t;
    last.push_back(t);
  }
  return last;
}

}  // namespace isoflop
