#include "analysis/fit/fit_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cmath>

#include "lib/core/error.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr int kMostResamples = 1'000'000;
constexpr int kMostThreads = 4096;

bool FinitePositive(double value) {
  return std::isfinite(value) && value > 0.0;
}

void CheckPositive(const char* name, double value, Problems* problems) {
  if (FinitePositive(value)) return;
  problems->Add(name, fmt::format("must be above 0, got {}", value));
}

void CheckRange(const char* name, int value, int highest, Problems* problems) {
  if (0 <= value && value <= highest) return;
  problems->Add(name,
                fmt::format("must be from 0 to {}, got {}", highest, value));
}

/// The fewest and the most that a fixed coefficient can be.
void CheckFixed(const std::string& name, double value, Problems* problems) {
  const std::vector<std::string_view> names(kChinchillaCoefficients.begin(),
                                            kChinchillaCoefficients.end());
  if (std::ranges::find(names, name) == names.end()) {
    problems->Add(
        "--fix", fmt::format("no coefficient \"{}\": must be one of {}{}", name,
                             fmt::join(names, ", "), Suggestion(name, names)));
  } else if (name == "E" ? !(std::isfinite(value) && value >= 0.0)
                         : !FinitePositive(value)) {
    problems->Add("--fix",
                  fmt::format("{} must be {}, got {}", name,
                              name == "E" ? "0 or more" : "above 0", value));
  }
}

void CheckHeld(const ObjectiveOptions& objective, Problems* problems) {
  for (const auto& [name, value] : objective.fixed) {
    CheckFixed(name, value, problems);
  }
  const auto alpha = objective.fixed.find("alpha");
  const auto beta = objective.fixed.find("beta");
  if (!objective.tied_exponents || alpha == objective.fixed.end() ||
      beta == objective.fixed.end() || alpha->second == beta->second) {
    return;
  }
  problems->Add("--tied-exponents",
                fmt::format("alpha and beta are fixed at {} and {}: they must "
                            "be equal",
                            alpha->second, beta->second));
}

}  // namespace

void Validate(const FitOptions& options) {
  Problems problems;
  if (options.laws.empty()) {
    problems.Add("--laws", "names no law");
  }
  CheckPositive("--delta", options.objective.delta, &problems);
  CheckHeld(options.objective, &problems);
  CheckRange("--drop-largest-loss", options.drop_largest_loss, INT_MAX,
             &problems);
  CheckRange("--bootstrap", options.bootstrap.resamples, kMostResamples,
             &problems);
  CheckRange("--threads", options.bootstrap.threads, kMostThreads, &problems);
  if (options.holdout_above) {
    CheckPositive("--holdout-above", *options.holdout_above, &problems);
  }
  for (const double flops : options.budgets_flops) {
    CheckPositive("--flops", flops, &problems);
  }
  problems.ThrowIfAny();
}

}  // namespace isoflop
