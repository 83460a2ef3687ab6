// What is wrong with a fit, if anything: what Approach 3 leaves unexplained, on
// which runs it hangs, and whether it misses by more than seeds do.

#pragma once

#include <optional>
#include <span>

#include "analysis/diagnose/influence.h"
#include "analysis/diagnose/outliers.h"
#include "analysis/diagnose/pooled_settings.h"
#include "analysis/diagnose/residuals.h"
#include "analysis/diagnose/seed_noise.h"
#include "analysis/laws/chinchilla.h"
#include "analysis/observe/observation.h"
#include "analysis/regress/chinchilla_fit.h"

namespace isoflop {

/// The F test of a law of p fitted coefficients against seed noise s: does the
/// law miss the losses by more than seeds do? If not, the data cannot tell a
/// better law from this one; if so, more runs will not repair the law.
struct LackOfFit {
  int cells = 0;              // m different (N, D)
  double rms_residual = 0.0;  // of cell means, nats per token
  double F = 0.0;
  int degrees_of_freedom = 0;  // of the numerator, m - p
  double p_value = 0.0;        // of an F at least as large by chance
};

/// Tests the law, over cells c of n_c runs with mean loss L_c:
///
///   F = [sum_c n_c (L(N_c, D_c) - L_c)^2 / (m - p)] / s^2
///
/// which has (m - p, degrees of freedom of s) degrees of freedom when the law
/// is true and was fitted by least squares. Where the noise was given, s is
/// exact and (m - p) F is chi-squared. The optimum of a robust penalty makes F
/// a little larger than least squares would. Nothing without more cells than
/// coefficients.
/// Source: Draper & Smith 1998, Applied Regression Analysis, section 2.1.
std::optional<LackOfFit> TestLackOfFit(
    std::span<const Observation> observations, const Chinchilla& law,
    const SeedNoise& noise, int coefficients);

/// Absent: Approach 3 has no law; for `lack_of_fit` also: the seed noise is not
/// known, or there are no more cells than coefficients; for `split` and
/// `curves`: no setting does.
struct Diagnostics {
  std::optional<Residuals> residuals;
  std::optional<Outliers> outliers;
  std::optional<SplitSetting> split;
  std::optional<SharedCurves> curves;
  std::optional<InfluenceStudy> influence;
  std::optional<LackOfFit> lack_of_fit;
};

/// `threads` 0: one per core; only the time differs.
/// REQUIRES: fit is FitChinchilla(observations, options).
Diagnostics Diagnose(std::span<const Observation> observations,
                     std::span<const SettingColumn> settings,
                     const ObjectiveOptions& options, const ChinchillaFit& fit,
                     const std::optional<SeedNoise>& noise, int threads = 0,
                     FitProgress* progress = nullptr);

}  // namespace isoflop
