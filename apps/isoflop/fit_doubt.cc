#include "apps/isoflop/fit_doubt.h"

#include <fmt/core.h>

#include <string>

namespace isoflop {

void WarnOfDoubt(const StoredFit& fit) {
  const std::string doubt = DoubtInWords(fit);
  if (!doubt.empty()) fmt::print(stderr, "isoflop: warning: {}\n", doubt);
}

}  // namespace isoflop
