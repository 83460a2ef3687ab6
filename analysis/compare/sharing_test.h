// Whether a joint fit that gives recipes more parameters of their own fits
// better than chance would have it.

#pragma once

#include <string>

#include "analysis/compare/recipe_fit.h"
#include "analysis/solve/penalty.h"

namespace isoflop {

/// Two nested fits compared by the penalty that both minimise, residuals taken
/// for independent.
struct SharingTest {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  double F = 0.0;
  int numerator = 0;    // parameters that the larger fit has more
  int denominator = 0;  // runs less the larger fit's parameters
  double p_value = 1.0;
  double delta_aicc = 0.0;  // AICc of the smaller less that of the larger
  bool certified = false;   // the larger fit is, and starts agree on the
                            // minimum of the smaller one
};

/// Compares `smaller`, in which more is shared, with `larger`:
///
///   F = ((f_0 - f_1) / q) / DropByChance
///   delta AICc = n ln(1 + q F / d) + the difference of 2k + 2k(k + 1)/(n-k-1)
///
/// f are the minima, and the drop is that by the residuals of the larger fit.
/// For squares this is the F test, and AICc is that of normal residuals; for a
/// robust penalty a few wild runs count no more than they do in the fits.
/// The smaller fit has to have a minimum, but not a law: recipes that differ
/// can make it flat. Unsupported where the larger fit is, with fewer than three
/// degrees of freedom, where the larger fit is the worse one: then it is not
/// the best, and where it reproduces the data, which leaves no noise to judge
/// by.
/// REQUIRES: both minimise `penalty` over the same runs; `larger` has more
/// parameters.
/// Source: Schrader & Hettmansperger 1980 (Biometrika 67); Seber & Lee 2003,
/// section 4.3; Hurvich & Tsai 1989.
SharingTest CompareSharing(const RecipeFit& smaller, const RecipeFit& larger,
                           const Penalty& penalty);

}  // namespace isoflop
