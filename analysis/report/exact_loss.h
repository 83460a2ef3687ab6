// What is known of the data beforehand, to hold the fitted E against.

#pragma once

#include <optional>

namespace isoflop {

/// Exact losses of a task, in its unit; absent for data of which they are not
/// known.
struct ExactLoss {
  std::optional<double> bayes_risk;  // expected: of a language its entropy rate
  std::optional<double> bayes_loss;  // of the evaluation set: what no model can
                                     // beat, and E should come near to

  bool known() const { return bayes_risk || bayes_loss; }
};

}  // namespace isoflop
