// What is known of the data beforehand, to hold the fitted E against.

#pragma once

#include <optional>

namespace isoflop {

/// Exact losses of a synthetic language, nats per token; absent for data of
/// which they are not known.
struct ExactLoss {
  std::optional<double> entropy_rate;  // of the language
  std::optional<double> bayes_loss;    // of the evaluation set: what no model
                                       // can beat, and E should come near to

  bool known() const { return entropy_rate || bayes_loss; }
};

}  // namespace isoflop
