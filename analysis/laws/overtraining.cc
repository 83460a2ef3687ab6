#include "analysis/laws/overtraining.h"

#include <cassert>

namespace isoflop {

double BestTokensPerParam(const Overtraining& law) {
  assert(law.a > 0.0 && law.b > 0.0 && law.eta > 0.0);
  return std::pow(law.b / law.a, 0.5 / law.eta);
}

}  // namespace isoflop
