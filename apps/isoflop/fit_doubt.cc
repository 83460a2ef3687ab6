#include "apps/isoflop/fit_doubt.h"

#include <fmt/core.h>

#include <string>

#include "lib/core/standard_streams.h"

namespace isoflop {
namespace {

void Warn(const std::string& doubt) {
  if (!doubt.empty()) Say(fmt::format("warning: {}", doubt));
}

}  // namespace

void WarnOfDoubt(const StoredFit& fit) { Warn(DoubtInWords(fit)); }

void WarnOfRepeatedDataDoubt(const StoredFit& fit) {
  Warn(RepeatedDataDoubtInWords(fit));
}

}  // namespace isoflop
