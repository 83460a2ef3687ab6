// What a law recommends for a budget, and how far that is from the data.

#pragma once

#include <span>
#include <vector>

#include "analysis/fit/estimate.h"
#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// The compute-optimal run at one budget.
struct Allocation {
  double flops = 0.0;
  Estimate params_opt;        // N*
  Estimate tokens_opt;        // D*
  Estimate tokens_per_param;  // D*/N*
  Estimate loss;              // of the law at (N*, D*), nats per token

  /// log10 of the budget over the largest C in the data; 0 when inside.
  double extrapolation_decades = 0.0;
};

/// Returns the budgets to allocate when none are asked for: 10 and 100 times
/// `largest_flops`, the largest C in the data, if they are finite numbers.
std::vector<double> DefaultBudgets(double largest_flops);

/// Returns the allocations of `law`, with spreads over `resampled` laws when
/// there are at least two. `largest_flops` is the largest C in the data.
/// REQUIRES: budgets and largest_flops > 0.
std::vector<Allocation> Allocate(const Chinchilla& law,
                                 std::span<const Chinchilla> resampled,
                                 std::span<const double> budgets,
                                 double largest_flops);

}  // namespace isoflop
