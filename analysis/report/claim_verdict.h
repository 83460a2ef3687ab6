// Whether a sweep has shown what it was made to show.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/record/run_result.h"
#include "lib/sweep/claim.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// What became of one expectation.
struct ExpectationOutcome {
  Expectation expected;
  std::size_t planned = 0;  // runs that are meant
  std::size_t runs = 0;     // of these, ended ok and have such a number
  std::size_t values = 0;   // of those runs
  double least = 0.0;       // of the values, if there are any
  double most = 0.0;
  bool held = false;  // every run that is meant has values, all within range
};

struct ClaimVerdict {
  std::string claim;
  std::vector<ExpectationOutcome> outcomes;

  /// Whether every expectation held.
  bool held() const;
};

/// Looks the numbers up in the results of the plan's runs. A value that is
/// divided by 0 is left out.
ClaimVerdict JudgeClaim(const SweepClaim& claim, const Plan& plan,
                        const std::vector<RunResult>& results);

/// Throws Error, naming the sweep file `source`, when an expectation is about
/// no run of the plan: that is better known before anything is trained.
void RequireRunsOf(const SweepClaim& claim, const Plan& plan,
                   const std::string& source);

/// Returns the object of claim.json.
Json ToJson(const ClaimVerdict& verdict);

/// Returns one paragraph, at most `width` columns wide.
std::string ClaimText(const ClaimVerdict& verdict, std::size_t width);

}  // namespace isoflop
