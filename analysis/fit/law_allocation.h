// Where a law of N and D other than Chinchilla's puts a budget.

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "analysis/laws/coupled.h"
#include "analysis/regress/law_fit.h"

namespace isoflop {

/// The compute-optimal run of a budget.
struct LawOptimum {
  double flops = 0.0;
  Optimum run;
};

/// N* = G (C / 6)^a and D* = (C / 6)^b / G of a law, and what they are at some
/// budgets. No intervals: the law is not resampled.
struct LawAllocation {
  double a = 0.0;
  double b = 0.0;
  double G = 0.0;
  std::vector<LawOptimum> budgets;
};

/// Returns a fitted law as the coupled law that it is a case of, which
/// "coupled" itself, "kaplan_joint" and "overtraining" are, or nothing.
std::optional<Coupled> AsCoupled(const LawFit& fit);

/// Returns the allocation of a law that has it in closed form, as AsCoupled
/// has, and whose numbers are finite. REQUIRES: budgets > 0.
std::optional<LawAllocation> AllocationOf(const LawFit& fit,
                                          std::span<const double> budgets);

}  // namespace isoflop
