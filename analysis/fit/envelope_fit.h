// Approach 1: the lowest loss at each compute, and the power laws of the size
// and the tokens that reach it.
//
// The lowest loss at some compute says what is best there only if other sizes,
// smaller and larger ones, had the same compute and did worse. Otherwise the
// envelope repeats the design: one size at many lengths gives a = 0, one length
// for many sizes a = 1, and D = 20 N gives a = 1/2, whatever the losses are.
//
// Source: Hoffmann et al. 2022, section 3.1 (arXiv:2203.15556).

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/fit/fit_options.h"
#include "analysis/observe/budgets.h"
#include "analysis/observe/observation.h"
#include "analysis/solve/estimate.h"
#include "analysis/solve/limits.h"
#include "analysis/solve/power_law_fit.h"

namespace isoflop {

/// A run of lowest loss.
struct EnvelopePoint {
  std::size_t run = 0;  // index into the observations

  /// Whether sizes compete here: a smaller and a larger N had the same compute.
  bool interior = false;
};

/// Returns the lower envelope of final points, ascending in C: the run of
/// lowest loss of each budget, unless a cheaper one has reached a loss as low.
/// Of equal losses the smaller N counts. `counts` as for FitIsoflop: runs that
/// were not drawn are passed over.
/// REQUIRES: `ladder` is Ladder(observations).
std::vector<EnvelopePoint> LowerEnvelope(
    std::span<const Observation> observations, std::span<const Budget> ladder,
    std::span<const double> counts = {});

/// Sizes that compete at one compute, and the entry of lowest loss; of equal
/// losses that of the smaller N, then the first.
struct Contest {
  double loss = kInfinity;
  double N = 0.0;
  std::size_t winner = 0;       // a number of the entry
  double smallest = kInfinity;  // N of any entry
  double largest = 0.0;

  void Enter(std::size_t entry, double entry_N, double entry_loss);

  /// Whether a smaller and a larger size did worse than the winner's.
  bool interior() const { return IsBelow(smallest, N) && IsBelow(N, largest); }
};

/// Returns the indices of the contests, which ascend in compute, that were won
/// by a lower loss than any before them.
std::vector<std::size_t> LowerEnvelope(std::span<const Contest> contests);

/// N and D of the envelope as powers of C.
struct EnvelopeFit {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  EnvelopeSource source = EnvelopeSource::kFinal;
  int curves = 0;                     // of kCurves: trunks and branches
  int trunks = 0;                     // of these
  int points = 0;                     // of the envelope
  std::vector<BudgetOptimum> optima;  // those at which sizes compete
  Estimate a;                         // N* = params_coefficient C^a
  Estimate b;                         // D* = tokens_coefficient C^b
  double params_coefficient = 0.0;
  double tokens_coefficient = 0.0;
  int failed_resamples = 0;
};

/// Fits the power laws of the optima by least squares in logarithms, without
/// spreads. Unsupported with fewer than three optima, when all of them have the
/// same N (the sizes are too far apart then), and when they lie within a factor
/// of 4 in C.
EnvelopeFit FitEnvelopeOptima(int points, std::vector<BudgetOptimum> optima);

/// Fits the envelope of final points.
EnvelopeFit FitEnvelope(std::span<const Observation> observations,
                        std::span<const Budget> ladder,
                        std::span<const double> counts = {});
EnvelopeFit FitEnvelope(std::span<const Observation> observations);

}  // namespace isoflop
