// Whether a sweep has shown what it was made to show.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/fit/experiment_fit.h"
#include "lib/core/json.h"
#include "lib/record/run_result.h"
#include "lib/sweep/claim.h"
#include "lib/sweep/plan.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

/// What became of one expectation.
struct ExpectationOutcome {
  Expectation expected;
  std::size_t planned = 0;  // runs that are meant, or curves of an analysis
  bool of_curves = false;
  std::size_t runs = 0;    // of these, ended ok and have such a number
  std::size_t values = 0;  // of those runs
  double least = 0.0;      // of the values, if there are any
  double most = 0.0;
  bool held = false;  // every run that is meant has values, all within range
};

struct ClaimVerdict {
  std::string claim;
  std::vector<ExpectationOutcome> outcomes;

  /// Whether every expectation held.
  bool held() const;
};

/// Looks the numbers up in the results of the plan's runs, or in what the
/// analyses have made of them. A value that is divided by 0 is left out.
ClaimVerdict JudgeClaim(const SweepClaim& claim, const Plan& plan,
                        const std::vector<RunResult>& results,
                        const std::vector<ExperimentFit>& experiments = {});

/// Throws Error, naming the file, when an expectation or an analysis of a sweep
/// is about no run of the plan, or a run has none to be compared with: that is
/// better known before anything is trained.
void RequireMeantRuns(const SweepSpec& spec, const Plan& plan);

/// Returns the object of claim.json.
Json ToJson(const ClaimVerdict& verdict);

/// Returns one paragraph, at most `width` columns wide.
std::string ClaimText(const ClaimVerdict& verdict, std::size_t width);

}  // namespace isoflop
