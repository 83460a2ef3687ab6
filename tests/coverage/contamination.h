// What a few wrong runs do to intervals, and whether they are named.

#pragma once

namespace isoflop {

struct Contamination {
  int sets = 0;
  int law_hits = 0;      // of the truth by the interval of a, Approach 3
  int profile_hits = 0;  // of what it finds without noise, Approach 2
  int wrong = 0;         // runs that were made wrong
  int named = 0;         // of these
  int clean_warned = 0;  // sets with an outlier before any was made
};

/// Draws sets of 49 runs in seven IsoFLOP profiles with normal noise of 0.3 %,
/// makes one in twenty wrong by ten standard deviations up to a factor of
/// three, up or down, fits each with so many resamples, and counts.
/// Deterministic.
Contamination Contaminate(int sets, int resamples);

}  // namespace isoflop
