// How often intervals of Approaches 2 and 3 cover a truth that is known.

#pragma once

#include <array>
#include <functional>
#include <vector>

#include "analysis/fit/fit_options.h"
#include "analysis/solve/estimate.h"
#include "tests/coverage/designs.h"

namespace isoflop {

/// What is covered; N* at ten times the largest C of the design.
inline constexpr std::array<const char*, 4> kCovered = {"alpha", "beta", "a",
                                                        "ln N*"};

/// What is made of an estimate with its spread.
using IntervalRule = std::function<Interval(const Estimate&)>;

/// How often the intervals of one rule hold the truth.
struct Coverage {
  int sets = 0;  // noisy sets that had a law and spreads
  std::array<int, kCovered.size()> hits = {};

  double Percent(std::size_t quantity) const {
    return 100.0 * hits[quantity] / sets;
  }
};

/// Draws `sets` noisy sets of a design, fits each by Approach 3 with so many
/// bootstrap resamples, and counts for every rule. Deterministic.
std::vector<Coverage> Cover(const Design& design, int sets, int resamples,
                            const std::vector<IntervalRule>& rules);

/// How often the profile intervals of alpha and beta hold the truth.
struct ProfileCoverage {
  int sets = 0;
  int alpha = 0;
  int beta = 0;
};

/// Counts for the profile likelihood of Approach 3, as Cover does.
ProfileCoverage CoverByProfile(const Design& design, int sets);

/// Returns in how many of `sets` noisy sets the profile interval of a power
/// law's exponent holds the truth: 8 points, of which the first and the last
/// are known ten times better, weighted so.
int CoverWeightedPowerLaw(int sets, LossKind loss);

/// How the intervals of the exponent of Approach 2 do.
struct IsoflopCoverage {
  int sets = 0;  // noisy sets that had a power law and its spread
  int hits = 0;
  int warned = 0;  // p_value of the heterogeneity below 0.01
  double mean_width = 0.0;
  double narrowest = 0.0;  // the least half width over the standard error
  double widest = 0.0;     // the most
};

/// Draws `sets` noisy sets of a design, fits each by Approach 2 with so many
/// bootstrap resamples, and counts. Deterministic.
IsoflopCoverage CoverIsoflop(const IsoflopDesign& design, int sets,
                             int resamples);

}  // namespace isoflop
