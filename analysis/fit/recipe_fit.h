// The laws of several recipes, fitted jointly.

#pragma once

#include <string>
#include <vector>

#include "analysis/fit/chinchilla_fit.h"
#include "analysis/fit/estimate.h"
#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// What a joint fit found. When `status` is not kOk, only
/// `reason` counts.
struct RecipeFit {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  std::vector<Chinchilla> laws;  // one a recipe, N, D and L as given
  int parameters = 0;
  double objective = 0.0;  // sum of weighted penalties
  double squares = 0.0;    // weighted sum of squared log residuals
  Certificate certificate;
};

}  // namespace isoflop
