// A decision made by a law, and made again by every law of its bootstrap.

#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "analysis/fit/allocation.h"
#include "analysis/fit/estimate.h"
#include "analysis/fit/resampled_spread.h"
#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// What `choose` returns for a law and for each of the resampled laws; nothing
/// where a law offers no such choice, as when it never reaches a loss.
template <typename Choice>
class Choices {
 public:
  template <typename Choose>
  Choices(const LawBasis& basis, Choose choose)
      : units_(basis.units), best_(choose(basis.law)) {
    for (const Chinchilla& other : basis.resampled) {
      if (auto chosen = choose(other)) {
        others_.push_back(*std::move(chosen));
      } else {
        ++impossible_;
      }
    }
  }

  const std::optional<Choice>& best() const { return best_; }

  /// How many of the resampled laws offer no choice.
  int impossible() const { return impossible_; }

  /// Returns a number of the choice, with its spread over those that exist:
  /// none when fewer than two exist, or fewer than half.
  /// REQUIRES: best() exists.
  template <typename Quantity>
  Estimate Of(Quantity quantity) const {
    Estimate estimate{quantity(*best_), {}};
    const auto possible = static_cast<int>(others_.size());
    if (possible < 2 || possible < impossible_) return estimate;
    estimate.spread = SpreadOf(ValuesOf(quantity), estimate.value, units_);
    return estimate;
  }

  /// Returns a number of every choice of a resampled law that exists.
  template <typename Quantity>
  std::vector<double> ValuesOf(Quantity quantity) const {
    std::vector<double> values;
    values.reserve(others_.size());
    for (const Choice& other : others_) values.push_back(quantity(other));
    return values;
  }

 private:
  int units_;
  std::optional<Choice> best_;
  std::vector<Choice> others_;
  int impossible_ = 0;
};

}  // namespace isoflop
