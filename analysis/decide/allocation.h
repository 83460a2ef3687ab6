// What a law recommends for a budget, and how far that is from the data.

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "analysis/laws/repeated_data.h"
#include "analysis/solve/estimate.h"

namespace isoflop {

/// The best run by some rule.
struct BestRun {
  Estimate params_opt;        // N*
  Estimate tokens_opt;        // D*
  Estimate tokens_per_param;  // D*/N*
};

/// The compute-optimal run at one budget.
struct Allocation : BestRun {
  double flops = 0.0;
  Estimate loss;  // of the law at (N*, D*), nats per token

  /// 95 % interval of the loss that one run at (N*, D*) will have: as uncertain
  /// as the law, and noisy too. Absent where either is not known.
  std::optional<Interval> loss_prediction;

  /// log10 of the budget over the largest C in the data; 0 when inside; absent
  /// when how far the data reach is not known.
  std::optional<double> extrapolation_decades;
};

/// Returns the budgets to allocate when none are asked for: 10 and 100 times
/// `largest_flops`, the largest C in the data, if they are finite numbers.
std::vector<double> DefaultBudgets(double largest_flops);

/// A law, and what is known of how far it can be trusted.
struct LawBasis {
  Chinchilla law;
  std::span<const Chinchilla> resampled;  // of the bootstrap; may be empty
  std::optional<double> largest_flops;    // largest C in the data
  std::optional<double> noise95;  // Reach95 of a run's loss, nats per token

  /// What the same data say of tokens that are seen more than once.
  std::optional<RepeatedData> repeated = std::nullopt;

  int units = 0;  // that the resamples were drawn from; see SpreadOf
};

/// Returns how many decades of C `flops` is beyond `largest_flops`, the largest
/// C in the data: max(0, log10(flops / largest_flops)). REQUIRES: both > 0.
double DecadesBeyond(double flops, double largest_flops);

/// Returns the same for the data of a law, or nothing where they are not known.
std::optional<double> DecadesBeyond(const LawBasis& basis, double flops);

/// Returns where 95 % of the losses of single runs are: on each side of the
/// expected loss, the reach of its own interval and that of the noise, Reach95,
/// added in quadrature. REQUIRES: noise95 >= 0.
Interval PredictionInterval(double loss, const Interval& interval95,
                            double noise95);

/// Returns the allocations of a law, with spreads over the resampled laws when
/// there are at least two. REQUIRES: budgets > 0.
std::vector<Allocation> Allocate(const LawBasis& basis,
                                 std::span<const double> budgets);

}  // namespace isoflop
