// Whether a sweep has shown what it was made to show.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/record/run_result.h"
#include "lib/sweep/claim.h"

namespace isoflop {

/// What became of one expectation.
struct ExpectationOutcome {
  Expectation expected;
  std::size_t runs = 0;    // ended ok, and are meant
  std::size_t values = 0;  // of those runs; 0: nothing can be said
  double least = 0.0;      // of the values, if there are any
  double most = 0.0;
  bool held = false;  // there are values, and all are within the range
};

struct ClaimVerdict {
  std::string claim;
  std::vector<ExpectationOutcome> outcomes;

  /// Whether every expectation held.
  bool held() const;
};

/// Looks the numbers up in the results that ended ok. A value that is divided
/// by 0 is left out.
ClaimVerdict JudgeClaim(const SweepClaim& claim,
                        const std::vector<RunResult>& results);

/// Returns the object of claim.json.
Json ToJson(const ClaimVerdict& verdict);

/// Returns one paragraph, at most `width` columns wide.
std::string ClaimText(const ClaimVerdict& verdict, std::size_t width);

}  // namespace isoflop
