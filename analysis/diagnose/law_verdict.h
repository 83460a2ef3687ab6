// What a comparison of laws comes to: which law the data prefer, and when they
// cannot say so.

#pragma once

#include <string>
#include <vector>

#include "analysis/diagnose/law_comparison.h"

namespace isoflop {

/// A law is clearly ahead by AICc from this difference on; by its residuals,
/// where they are no independent noise, from this ratio of their rms on.
inline constexpr double kClearAicc = 4.0;
inline constexpr double kClearRatio = 2.0;

/// Predictions that are off by less, in nats, are off by rounding.
inline constexpr double kNoError = 1e-8;

/// A law with one of its numbers.
struct Ranked {
  std::string name;
  double number = 0.0;
  int parameters = 0;
  bool counts = true;  // false: the law may not win by it
};

/// The certified laws that have a number, lowest first; of laws whose numbers
/// differ by rounding the one of fewest parameters comes first.
using Ranking = std::vector<Ranked>;

/// Returns the ranking without those that may not win.
Ranking Counting(Ranking ranking);

/// Returns how many laws share the lowest number but for rounding: they come
/// first.
std::size_t CountTied(const Ranking& ranking);

/// Returns the law of the lowest number; empty where there is none.
std::string FirstOf(const Ranking& ranking);

/// Whether the lowest number of all is one that may win.
bool Decided(const Ranking& ranking);

/// The rankings that a conclusion is drawn from.
struct LawTests {
  Ranking aicc;
  Ranking rms;
  Ranking held_out;
  Ranking folds;

  /// Whether one law leaves far smaller residuals than any other.
  bool clear_by_residuals() const;

  /// Winners of the tests that are decided.
  std::vector<std::string> winners(ResidualNoise noise) const;

  bool all_decided() const;
};

LawTests LawTestsOf(const LawComparison& comparison);

/// Sets what follows from the scores: differences of AICc, `noise` and the
/// lowest.
///
/// A law without a certificate is never preferred, nor one by an error whose
/// fits have none. Where the best law's residuals are rounding there is nothing
/// to judge by, and where neighbours share them no significance is claimed.
void Judge(LawComparison* comparison);

}  // namespace isoflop
