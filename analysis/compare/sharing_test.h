// Whether a joint fit that gives recipes more parameters of their own fits
// better than chance would have it.

#pragma once

#include <string>

#include "analysis/compare/recipe_fit.h"

namespace isoflop {

/// The likelihood of two nested least-squares fits compared, log residuals
/// taken for independent and normal.
struct SharingTest {
  FitStatus status = FitStatus::kUnsupported;
  std::string reason;
  double F = 0.0;
  int numerator = 0;    // parameters that the larger fit has more
  int denominator = 0;  // runs less the larger fit's parameters
  double p_value = 1.0;
  double delta_aicc = 0.0;  // AICc of the smaller less that of the larger
  bool certified = false;   // both fits are
};

/// Compares `smaller`, in which more is shared, with `larger`:
///
///   F = ((S_0 - S_1) / q) / (S_1 / d),  S sums of squared log residuals
///   AICc = n ln(S / n) + 2k + 2k(k + 1) / (n - k - 1)
///
/// S below that of residuals of 1e-9 counts as that. Unsupported where either
/// fit is, with fewer than three degrees of freedom, and where the larger fit
/// is the worse one: then it is not the best. REQUIRES: both minimise the sum
/// of squares over the same `runs` runs; `larger` has more parameters. Source:
/// Seber & Lee 2003, section 4.3; Hurvich & Tsai 1989.
SharingTest CompareSharing(const RecipeFit& smaller, const RecipeFit& larger,
                           int runs);

}  // namespace isoflop
