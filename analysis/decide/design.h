// Which runs to train next: those that make a decision most certain for their
// compute (a c-optimal sequential design).
//
// What is to be known better is a number q of the law, ln N*(C) or L(C) of a
// target C. How uncertain it is now, the bootstrap says; what share of that is
// left with more runs, the places of all runs say (law_certainty.h).
//
// Sources: Fedorov 1972 (optimal design); arXiv:2604.22753 (choice of
// scaling-law runs).

#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "analysis/decide/law_certainty.h"
#include "analysis/laws/chinchilla.h"
#include "lib/core/names.h"

namespace isoflop {

/// What is to be known better.
enum class DesignObjective { kParamsOpt, kLoss };

constexpr std::array<NamedValue<DesignObjective>, 2> EnumNames(
    DesignObjective) {
  return {{{DesignObjective::kParamsOpt, "params_opt"},
           {DesignObjective::kLoss, "loss"}}};
}

/// A run that could be trained.
struct CandidateRun {
  PlacedRun place;
  double trunk_tokens = 0.0;  // those of D that its trunk is trained on, which
                              // serve all runs of the trunk; 0: none
};

/// What is known, and what is to be known better.
struct DesignProblem {
  Chinchilla law;
  std::span<const PlacedRun> runs;  // that it was fitted to
  double times = 1.0;               // how many each of these stands for
  double trunk_share = 0.0;         // of the noise; see law_certainty.h
  double sd_before = 0.0;           // of ln N* or L
  DesignObjective objective = DesignObjective::kParamsOpt;
  double target_flops = 0.0;  // C at which N* or L is wanted
  double budget_flops = 0.0;  // for all new runs together
  int seeds = 1;              // that every new run is trained at
};

/// A run of a design, in the order of what it is worth for its compute.
struct DesignedRun {
  std::size_t candidate = 0;  // index
  double flops = 0.0;         // 6 N D of every seed together
  double cost = 0.0;          // that it adds: less where a trunk is there
  double total_flops = 0.0;   // what it and those before it cost
  double sd_after = 0.0;      // of ln N* or L, once these are trained
  double shrinkage = 0.0;     // of the variance, by this run
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
/// of the budget, or nothing that is worth it. Greedy by shrinkage of the
/// variance per FLOP and by shrinkage alone; the better counts, its runs in the
/// order of shrinkage per FLOP. A trunk is paid for once.
///
/// REQUIRES: the runs of the problem determine its law; no candidate shares a
/// trunk with one of these.
///
/// Source of the two rules: Krause & Guestrin 2005 (budgeted maximisation).
Design DesignRuns(const DesignProblem& problem,
                  std::span<const CandidateRun> candidates);

/// Judges a design by other laws that may be the true one: sd_after of a run is
///
///   sd_before sqrt(mean over `laws` of Var_after(q) / Var_before(q)),
///
/// and shrinkage what that makes of it, which may be below 0 for a run. By the
/// law that it was chosen for, a design looks better than it turns out.
///
/// REQUIRES: `design` is of this problem and these candidates; laws is not
/// empty.
Design JudgedBy(std::span<const Chinchilla> laws, const DesignProblem& problem,
                std::span<const CandidateRun> candidates, Design design);

}  // namespace isoflop
