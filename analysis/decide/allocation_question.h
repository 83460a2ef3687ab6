// What may be asked of a fitted law, and the answers.

#pragma once

#include <optional>
#include <vector>

#include "analysis/decide/allocation.h"
#include "analysis/decide/decisions.h"

namespace isoflop {

/// Budgets or losses, and at most one question that goes beyond the
/// compute-optimal runs of these.
struct AllocationQuestion {
  std::vector<double> flops = {};  // budgets C
  std::vector<double> loss = {};   // nats per token; instead of budgets
  std::optional<double> inference_tokens = std::nullopt;
  std::optional<double> max_params = std::nullopt;     // needs budgets
  std::optional<double> unique_tokens = std::nullopt;  // needs budgets
  std::vector<double> overtrain = {};  // factors by which N is to shrink
};

/// Throws Error with everything that is wrong with a question, by the names of
/// the command line: numbers out of range, neither or both of budgets and
/// losses, two further questions at once, a limit without budgets.
void Validate(const AllocationQuestion& question);

/// One element a budget or loss; of `smaller_models` one a factor too.
struct AllocationAnswer {
  std::vector<Allocation> allocations;
  std::vector<LossTarget> loss_targets;
  std::vector<InferenceOptimum> inference;
  std::vector<LimitedOptimum> max_params;
  std::vector<LimitedOptimum> unique_tokens;
  std::vector<SmallerModel> smaller_models;
};

/// Answers a question. Throws Error for a loss that is not above the law's E.
/// REQUIRES: Validate(question) passes.
AllocationAnswer Answer(const LawBasis& basis,
                        const AllocationQuestion& question);

}  // namespace isoflop
