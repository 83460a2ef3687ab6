// Approach 2: the optima of the IsoFLOP profiles follow power laws of the
// budget.
//
// Source: Hoffmann et al. 2022, section 3.2 (arXiv:2203.15556).

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/fit/fit_options.h"
#include "analysis/fit/isoflop_profile.h"
#include "analysis/laws/chinchilla.h"
#include "analysis/observe/budgets.h"
#include "analysis/observe/observation.h"
#include "analysis/solve/estimate.h"
#include "analysis/solve/power_law_fit.h"
#include "lib/numeric/heterogeneity.h"

namespace isoflop {

/// How the minima count in the power laws.
enum class MinimumWeights {
  kEqual,
  kInverseVariance  // 1 / (variance of ln N* by the runs' noise + tau^2)
};

constexpr std::array<NamedValue<MinimumWeights>, 2> EnumNames(MinimumWeights) {
  return {{{MinimumWeights::kEqual, "equal"},
           {MinimumWeights::kInverseVariance, "inverse_variance"}}};
}

/// N* and D* as powers of C, from the interior minima.
struct IsoflopFit {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  IsoflopCurve curve = IsoflopCurve::kParabola;
  std::vector<IsoflopBudget> budgets;   // ascending; there in any case
  int left_out = 0;                     // runs that belong to no budget
  std::vector<std::size_t> left_aside;  // runs that are off their profile
  MinimumWeights weights = MinimumWeights::kEqual;

  /// Of ln N* about its line on ln C. Absent: fewer than three minima, or one
  /// of them has no variance over the resamples.
  std::optional<Heterogeneity> heterogeneity;

  Estimate a;  // spreads of exponents: by AddExponentSpreads
  Estimate b;
  double params_coefficient = 0.0;
  double tokens_coefficient = 0.0;
  Estimate a_unweighted;     // with equal weights
  int failed_resamples = 0;  // with fewer than two interior minima

  std::optional<double> a_bias;       // as params_bias, of the exponent a
  std::optional<double> a_corrected;  // without it
  std::string bias_warning;           // set by InWords; empty: they are small
};

/// Fits the profiles and the power laws, with equal weights and without spreads
/// and biases. `counts` as for FitProfiles.
/// Unsupported when fewer than two budgets have an interior minimum, or one
/// that is kept. REQUIRES: `groups` is GroupByBudget(observations).
IsoflopFit FitIsoflop(std::span<const Observation> observations,
                      const BudgetGroups& groups,
                      const IsoflopOptions& options = {},
                      std::span<const double> counts = {});
IsoflopFit FitIsoflop(std::span<const Observation> observations,
                      const IsoflopOptions& options = {});

/// Returns how much each minimum counts: 0 where there is none.
std::vector<double> WeightsOf(const std::vector<IsoflopBudget>& budgets);

/// Returns the power laws through the interior minima of `budgets`, which count
/// as `weights[i]` each; nothing when fewer than two have a minimum and a
/// weight above 0. REQUIRES: as many weights as budgets.
std::optional<OptimumLaws> FitExponents(
    const std::vector<IsoflopBudget>& budgets, std::span<const double> weights);

/// As FitIsoflop, without the `candidates` that RunsOffProfiles finds off their
/// profile.
IsoflopFit FitIsoflopWithout(std::span<const std::size_t> candidates,
                             std::span<const Observation> observations,
                             const IsoflopOptions& options);

/// Adds what the method gets wrong on the noise-free `surface`, sampled at the
/// runs of the fit, with the weights of the fit, and the values without it.
///
/// Source: arXiv:2603.22339.
void AddBias(std::span<const Observation> observations,
             const Chinchilla& surface, IsoflopFit* fit);

}  // namespace isoflop
