// Which runs to train next: those that make a decision most certain for their
// compute (a V-optimal, or I-optimal, sequential design).
//
// What is to be known better is a number q of the law, ln N*(C) or L(C) of a
// target C. The laws of the bootstrap say how q varies and how it varies
// together with the loss p = L(N, D) that a run would have. Training that run,
// with noise sigma in its loss, leaves of the variance of q
//
//   Var(q | run) = Var(q) - Cov(q, p)^2 / (Var(p) + sigma^2)
//
// and changes the covariances of everything else likewise: a rank-one update,
// made on the deviations of the laws themselves (a square-root filter), so that
// the law is never linearised in its parameters.
//
// Sources: Fedorov 1972 (optimal design); Potter 1963, in Bierman 1977 chapter
// 2.5 (square-root update); arXiv:2604.22753 (choice of scaling-law runs).

#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "analysis/observe/observation.h"
#include "lib/core/names.h"

namespace isoflop {

/// What is to be known better.
enum class DesignObjective { kParamsOpt, kLoss };

constexpr std::array<NamedValue<DesignObjective>, 2> EnumNames(
    DesignObjective) {
  return {{{DesignObjective::kParamsOpt, "params_opt"},
           {DesignObjective::kLoss, "loss"}}};
}

/// A run that could be trained. C = 6 N D.
struct CandidateRun {
  double N = 0.0;
  double D = 0.0;
  double loss_std = 0.0;  // noise of its loss, nats per token
};

/// Sizes and lengths of candidates stand in geometric steps of 2^(1/2) ...
inline constexpr double kCandidateStep = 1.4142135623730951;

/// ... from the smallest in the data to this many times the largest.
inline constexpr double kCandidateReach = 4.0;

/// Returns the values of one axis of the grid. REQUIRES: 0 < smallest <=
/// largest.
std::vector<double> CandidateAxis(const Reach& reach);

/// Returns whether a run may be a candidate: 6 N D is at most the budget, and
/// D/N within the data's range: outside of it the law has not been seen to
/// hold.
bool IsCandidate(double N, double D, const ObservedReach& reach,
                 double budget_flops);

/// What is known, and what is to be known better.
struct DesignProblem {
  std::span<const Chinchilla> draws;  // of the bootstrap
  DesignObjective objective = DesignObjective::kParamsOpt;
  double target_flops = 0.0;  // C at which N* or L is wanted
  double budget_flops = 0.0;  // for all new runs together
};

/// A run of a design, in the order of what it is worth for its compute.
struct DesignedRun {
  std::size_t candidate = 0;  // index
  double flops = 0.0;
  double total_flops = 0.0;  // with those before it
  double sd_after = 0.0;     // of ln N* or L, once these are trained
  double shrinkage = 0.0;    // of the variance, by this run
};

struct Design {
  double sd_before = 0.0;  // of ln N*(target) or L(target)
  std::vector<DesignedRun> runs;

  /// Returns what is left of the standard deviation.
  double sd_after() const;
};

/// At most this many runs are chosen.
inline constexpr std::size_t kMostDesignedRuns = 64;

/// Chooses runs, each candidate at most once, until nothing that fits is left
/// of the budget, or nothing that is worth it. Greedy twice, by shrinkage of
/// the variance per FLOP and by shrinkage alone; the better of both counts, and
/// its runs are ordered by shrinkage per FLOP. That runs of one size can share
/// a trunk is not counted, so a sweep of them costs at most the budget.
/// REQUIRES: at least two draws; loss_std > 0.
/// Source of the guarantee: Krause & Guestrin 2005 (budgeted maximisation).
Design DesignRuns(const DesignProblem& problem,
                  std::span<const CandidateRun> candidates);

}  // namespace isoflop
