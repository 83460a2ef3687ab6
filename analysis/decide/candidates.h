// Which runs may be proposed: those at which the law has been seen to hold, and
// that nothing else speaks against. How a run would be trained is not known
// here; whoever knows adds what speaks against that.

#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "analysis/observe/observation.h"
#include "lib/core/names.h"

namespace isoflop {

/// Sizes and lengths of candidates stand in geometric steps of 2^(1/2) ...
inline constexpr double kCandidateStep = 1.4142135623730951;

/// ... from the smallest in the data to this many times the largest.
inline constexpr double kCandidateReach = 4.0;

/// What speaks against a run, in the order in which it is looked at.
enum class Objection {
  kReach,   // N or D below the smallest or beyond kCandidateReach
  kRatio,   // D/N outside of the data's
  kSteps,   // fewer than a plan calls sound, or than its schedule takes
  kData,    // more tokens than the data hold
  kMemory,  // more than there is
  kBudget,  // costs more
};

constexpr std::array<NamedValue<Objection>, 6> EnumNames(Objection) {
  return {{{Objection::kReach, "reach"},
           {Objection::kRatio, "tokens_per_param"},
           {Objection::kSteps, "steps"},
           {Objection::kData, "data"},
           {Objection::kMemory, "memory"},
           {Objection::kBudget, "budget"}}};
}

/// How many runs of the grid are no candidates, by the first objection.
using ObjectionCounts = std::map<Objection, int>;

/// Returns the values of one axis of the grid. REQUIRES: 0 < smallest <=
/// largest.
std::vector<double> CandidateAxis(const Reach& reach);

/// Returns what speaks against (N, D) by what the data span: kReach or kRatio.
std::optional<Objection> ObjectionBySpan(double N, double D,
                                         const ObservedReach& reach);

}  // namespace isoflop
