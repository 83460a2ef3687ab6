#include "analysis/fit/fit_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>

#include "analysis/fit/more_laws.h"
#include "lib/core/error.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

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

bool AskedFor(const FitOptions& options, LawKind law) {
  return std::ranges::find(options.laws, law) != options.laws.end();
}

void Validate(const FitOptions& options) {
  Problems problems;
  if (options.laws.empty()) {
    problems.Add("--laws", "names no law");
  }
  CheckPositive("--delta", options.objective.delta, &problems);
  CheckTied(options.objective, &problems);
  CheckRange("--drop-largest-loss", options.drop_largest_loss, INT_MAX,
             &problems);
  CheckBootstrap(options.bootstrap, &problems);
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
