#include "apps/isoflop/fit_doubt.h"

#include <fmt/core.h>

#include <string>

namespace isoflop {
namespace {

void Warn(const std::string& doubt) {
  if (!doubt.empty()) fmt::print(stderr, "isoflop: warning: {}\n", doubt);
}

}  // namespace

void WarnOfDoubt(const StoredFit& fit) { Warn(DoubtInWords(fit)); }

void WarnOfRepeatedDataDoubt(const StoredFit& fit) {
  Warn(RepeatedDataDoubtInWords(fit));
}

}  // namespace isoflop
