#include "analysis/decide/allocation_question.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "lib/core/error.h"

namespace isoflop {
namespace {

constexpr double kLargestFactor = 1e9;

/// A number that asks a further question.
struct FurtherNumber {
  const char* option;
  std::optional<double> AllocationQuestion::*number;
};

constexpr FurtherNumber kFurtherNumbers[] = {
    {"--inference-tokens", &AllocationQuestion::inference_tokens},
    {"--max-params", &AllocationQuestion::max_params},
    {"--unique-tokens", &AllocationQuestion::unique_tokens}};

void CheckCount(const char* option, double count, Problems* problems) {
  if (count > 0.0 && count <= kMostFlops) return;
  problems->Add(option,
                fmt::format("must be above 0 and at most 1e40, got {}", count));
}

void CheckNumbers(const AllocationQuestion& question, Problems* problems) {
  for (const double flops : question.flops) {
    CheckCount("--flops", flops, problems);
  }
  for (const double loss : question.loss) {
    if (loss > 0.0 && std::isfinite(loss)) continue;
    problems->Add("--loss",
                  fmt::format("must be finite and above 0, got {}", loss));
  }
  for (const double factor : question.overtrain) {
    if (factor >= 1.0 && factor <= kLargestFactor) continue;
    problems->Add("--overtrain",
                  fmt::format("must be from 1, the compute-optimal model, to "
                              "1e9 times smaller, got {}",
                              factor));
  }
  for (const auto& [option, number] : kFurtherNumbers) {
    if (question.*number) CheckCount(option, *(question.*number), problems);
  }
}

std::vector<std::string> FurtherQuestions(const AllocationQuestion& question) {
  std::vector<std::string> options;
  for (const auto& [option, number] : kFurtherNumbers) {
    if (question.*number) options.emplace_back(option);
  }
  if (!question.overtrain.empty()) options.emplace_back("--overtrain");
  return options;
}

void CheckCombination(const AllocationQuestion& question, Problems* problems) {
  if (question.flops.empty() == question.loss.empty()) {
    problems->Add("--flops",
                  question.flops.empty()
                      ? "is required: budgets, or --loss in their place"
                      : "cannot be given with --loss: a budget has its loss, "
                        "and a loss its budget");
  }
  const auto options = FurtherQuestions(question);
  if (options.size() > 1) {
    problems->Add(options[1], fmt::format("cannot be given with {}: each "
                                          "changes what is optimal, so ask one "
                                          "at a time",
                                          options[0]));
  }
  if (!question.loss.empty() &&
      (question.max_params || question.unique_tokens)) {
    problems->Add(question.max_params ? "--max-params" : "--unique-tokens",
                  "limits what a budget can buy: give --flops, not --loss");
  }
}

/// The runs that the further questions compare with.
std::vector<Goal> GoalsOf(const AllocationQuestion& question) {
  std::vector<Goal> goals;
  for (const double flops : question.flops) {
    goals.push_back({Goal::Kind::kFlops, flops});
  }
  for (const double loss : question.loss) {
    goals.push_back({Goal::Kind::kLoss, loss});
  }
  return goals;
}

void RequireReachable(const Chinchilla& law, double loss) {
  Require(loss > law.E,
          "--loss: {} is not above the fit's irreducible loss E = {:.6g}: no "
          "compute reaches it",
          loss, law.E);
  Require(OptimumFor(law, {Goal::Kind::kLoss, loss}).has_value(),
          "--loss: {} takes more than {} FLOPs, or next to none", loss,
          kMostFlops);
}

}  // namespace

void Validate(const AllocationQuestion& question) {
  Problems problems;
  CheckNumbers(question, &problems);
  CheckCombination(question, &problems);
  problems.ThrowIfAny();
}

AllocationAnswer Answer(const LawBasis& basis,
                        const AllocationQuestion& question) {
  AllocationAnswer answer;
  answer.allocations = Allocate(basis, question.flops);
  for (const double loss : question.loss) {
    RequireReachable(basis.law, loss);
    answer.loss_targets.push_back(ReachLoss(basis, loss));
  }
  for (const Goal& goal : GoalsOf(question)) {
    if (question.inference_tokens) {
      answer.inference.push_back(
          OptimizeForInference(basis, goal, *question.inference_tokens));
    }
    for (const double factor : question.overtrain) {
      answer.smaller_models.push_back(ShrinkModel(basis, goal, factor));
    }
  }
  for (const double flops : question.flops) {
    if (question.max_params) {
      answer.max_params.push_back(
          LimitParams(basis, flops, *question.max_params));
    }
    if (question.unique_tokens) {
      answer.unique_tokens.push_back(
          LimitTokens(basis, flops, *question.unique_tokens));
    }
  }
  return answer;
}

}  // namespace isoflop
