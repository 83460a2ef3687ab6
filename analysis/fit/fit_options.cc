#include "analysis/fit/fit_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cmath>

#include "analysis/fit/more_laws.h"
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

/// Two exponents cannot be tied and held at different values.
void CheckTied(const ObjectiveOptions& objective, Problems* problems) {
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
  CheckTied(options.objective, &problems);
  CheckRange("--drop-largest-loss", options.drop_largest_loss, INT_MAX,
             &problems);
  CheckRange("--bootstrap", options.bootstrap.resamples, kMostResamples,
             &problems);
  CheckRange("--threads", options.bootstrap.threads, kMostThreads, &problems);
  if (options.holdout_above) {
    CheckPositive("--holdout-above", *options.holdout_above, &problems);
  }
  if (options.seed_noise) {
    CheckPositive("--seed-noise", *options.seed_noise, &problems);
  }
  for (const double flops : options.budgets_flops) {
    CheckPositive("--flops", flops, &problems);
  }
  CheckFixed(options, &problems);
  problems.ThrowIfAny();
}

}  // namespace isoflop
