// How often the intervals of everything that a fit shows beside Approach 3
// hold what the same method finds without noise.

#pragma once

#include <string>
#include <vector>

#include "tests/coverage/designs.h"

namespace isoflop {

/// An exponent that a report shows with an interval.
struct ShownExponent {
  std::string name;
  double truth = 0.0;  // found by the same method without noise
  int sets = 0;        // noisy sets that had it, and an interval
  int hits = 0;        // of interval95
};

/// Draws `sets` noisy sets of a design, fits each by all approaches with so
/// many bootstrap resamples, and counts for every exponent that the noise-free
/// design has. Deterministic.
std::vector<ShownExponent> CoverShown(const Design& design, int sets,
                                      int resamples);

}  // namespace isoflop
