// Approach 3: the Chinchilla law fitted to every run at once, with proof that
// the fit is a local optimum and evidence that it is the global one.
//
// Source: Hoffmann et al. 2022, section 3.3 (arXiv:2203.15556); Golub & Pereyra
// 1973 (variable projection).

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/laws/chinchilla.h"
#include "analysis/observe/observation.h"
#include "analysis/regress/law_fit.h"
#include "analysis/solve/objective_options.h"

namespace isoflop {

/// What Approach 3 found.
struct ChinchillaFit : LawFit {
  Chinchilla law;  // when status is kOk
};

/// Fits L = E + A/N^alpha + B/D^beta with E >= 0 and the others positive.
///
/// Unsupported for what FitLaw says, and with fewer different N or D than their
/// terms have coefficients, E included. Without profiles.
/// REQUIRES: every N, D, L and weight is finite and positive, and
/// Validate(FitOptions) accepts the options.
ChinchillaFit FitChinchilla(std::span<const Observation> observations,
                            const ObjectiveOptions& options);

/// The same for runs, with the options of any law.
ChinchillaFit FitChinchillaTo(std::span<const LawRun> runs,
                              const LawFitOptions& options);

/// Returns Approach 3 again, with other weights of the same runs.
/// REQUIRES: fit is FitChinchilla(observations, options), with status kOk.
LawRefits RefitsOf(const ChinchillaFit& fit,
                   std::span<const Observation> observations,
                   const ObjectiveOptions& options);

/// Returns the law with these values of (E, A, B, alpha, beta).
Chinchilla ChinchillaOf(const Eigen::VectorXd& values);

}  // namespace isoflop
