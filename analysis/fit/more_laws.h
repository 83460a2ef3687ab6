// The laws beyond Approaches 1 to 3 and Kaplan's: which model stands for which
// word of the command line, their fits, and their comparison.

#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/diagnose/law_comparison.h"
#include "analysis/fit/fit_options.h"
#include "analysis/fit/law_allocation.h"
#include "analysis/observe/curve_points.h"
#include "analysis/observe/observation.h"
#include "analysis/regress/chinchilla_fit.h"
#include "analysis/regress/law_fit.h"
#include "lib/core/error.h"

namespace isoflop {

/// What the laws of one variable are of.
struct CurveAxes {
  std::string x;
  std::string y;
};

/// The laws that were asked for, and which the data prefer.
struct MoreLaws {
  std::vector<LawFit> fits;
  CurveAxes axes;  // of laws of one variable: "flops", "loss" unless named

  /// By the law's name, of those that have it in closed form.
  std::map<std::string, LawAllocation> allocations;

  /// Absent unless two laws of the loss could be fitted.
  std::optional<LawComparison> comparison;

  bool usable() const;  // whether any of them could be fitted
};

/// Whether a law is of one variable, so that --x and --y apply to it.
bool OfOneVariable(LawKind law);

/// Adds what is wrong with the coefficients that the options hold: names that
/// none of their laws has, and values that a coefficient cannot have.
void CheckFixed(const FitOptions& options, Problems* problems);

/// Fits those laws of the options that have a model, those of one variable with
/// x = C and y = L, Kaplan's joint law along with any other, and compares all
/// that could be fitted with each other and, when it was asked for too, with
/// Approach 3.
MoreLaws FitMoreLaws(std::span<const Observation> observations,
                     const FitOptions& options,
                     const std::optional<ChinchillaFit>& chinchilla,
                     FitProgress* progress = nullptr);

/// Fits the laws of one variable among the options to points. REQUIRES: the
/// options have no other laws.
MoreLaws FitCurves(const CurvePoints& curve, const FitOptions& options);

}  // namespace isoflop
