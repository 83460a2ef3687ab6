#include "analysis/decide/candidates.h"

#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

/// Ends count as within, whatever their rounding.
bool Within(double value, double smallest, double largest) {
  return value >= smallest * (1.0 - 1e-9) && value <= largest * (1.0 + 1e-9);
}

bool WithinReach(double value, const Reach& reach) {
  return Within(value, reach.smallest, kCandidateReach * reach.largest);
}

}  // namespace

std::vector<double> CandidateAxis(const Reach& reach) {
  assert(0.0 < reach.smallest && reach.smallest <= reach.largest);
  std::vector<double> values;
  for (int i = 0;; ++i) {
    const double value = reach.smallest * std::pow(kCandidateStep, i);
    if (!WithinReach(value, reach)) return values;
    values.push_back(value);
  }
}

std::optional<Objection> ObjectionBySpan(double N, double D,
                                         const ObservedReach& reach) {
  if (!WithinReach(N, reach.params) || !WithinReach(D, reach.tokens)) {
    return Objection::kReach;
  }
  const Reach& ratio = reach.tokens_per_param;
  if (!Within(D / N, ratio.smallest, ratio.largest)) return Objection::kRatio;
  return std::nullopt;
}

}  // namespace isoflop
