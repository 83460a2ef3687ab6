// A decision made by a law, and made again by every law of its bootstrap.

#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/decide/allocation.h"
#include "analysis/laws/chinchilla.h"
#include "analysis/solve/estimate.h"
#include "lib/core/transformed.h"
#include "lib/numeric/resampled_spread.h"

namespace isoflop {

/// Whether so few choices of `all` are missing that a 95 % interval over the
/// others has both its ends: it leaves out 2.5 % on each side.
constexpr bool LeaveAnInterval(int impossible, int all) {
  return all - impossible >= 2 && 40 * impossible <= all;
}

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

  /// Returns a number of the choice, with its spread over those that exist.
  /// None when more are missing than a 95 % interval leaves out on one side.
  /// REQUIRES: best() exists.
  template <typename Quantity>
  Estimate Of(Quantity quantity) const {
    Estimate estimate{std::invoke(quantity, *best_), {}};
    const auto all = static_cast<int>(others_.size()) + impossible_;
    if (!LeaveAnInterval(impossible_, all)) return estimate;
    estimate.spread =
        SpreadOf(Transformed(others_, quantity), estimate.value, units_);
    return estimate;
  }

 private:
  int units_;
  std::optional<Choice> best_;
  std::vector<Choice> others_;
  int impossible_ = 0;
};

/// Sets what every best run has. REQUIRES: choices.best() exists.
template <typename Run>
void SetBestRun(const Choices<Run>& choices, BestRun* best) {
  best->params_opt = choices.Of(&Run::N);
  best->tokens_opt = choices.Of(&Run::D);
  best->tokens_per_param =
      choices.Of([](const Run& run) { return run.D / run.N; });
}

}  // namespace isoflop
