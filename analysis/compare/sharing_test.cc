#include "analysis/compare/sharing_test.h"

#include <algorithm>
#include <cmath>

#include "analysis/solve/residual_density.h"
#include "lib/numeric/distributions.h"

namespace isoflop {
namespace {

constexpr double kNoNoise = 1e-9;  // a residual that is only rounding

/// Sums of squares up to this one differ from `squares` by rounding only.
double Rounded(double squares, int runs) {
  return squares * (1.0 + 1e-9) + runs * kNoNoise * kNoNoise;
}

std::string Hindrance(const RecipeFit& smaller, const RecipeFit& larger,
                      int runs) {
  if (smaller.status != FitStatus::kOk) return smaller.reason;
  if (larger.status != FitStatus::kOk) return larger.reason;
  if (runs - larger.parameters < 3)
    return "too few runs for that many parameters";
  if (larger.squares > Rounded(smaller.squares, runs)) {
    return "the fit with more parameters has stopped above the one with fewer";
  }
  return {};
}

}  // namespace

SharingTest CompareSharing(const RecipeFit& smaller, const RecipeFit& larger,
                           int runs) {
  SharingTest test;
  test.numerator = larger.parameters - smaller.parameters;
  test.denominator = runs - larger.parameters;
  test.reason = Hindrance(smaller, larger, runs);
  if (!test.reason.empty()) return test;
  const double least = runs * kNoNoise * kNoNoise;
  const double S1 = std::max(larger.squares, least);
  const double S0 = std::max(smaller.squares, S1);
  test.status = FitStatus::kOk;
  test.certified =
      smaller.certificate.certified() && larger.certificate.certified();
  test.F = ((S0 - S1) / test.numerator) / (S1 / test.denominator);
  test.p_value = FUpperTail(test.F, test.numerator, test.denominator);
  const auto aicc = [runs](double squares, int parameters) {
    const double log_likelihood = -0.5 * runs * std::log(squares / runs);
    return Aicc(log_likelihood, parameters + 1, runs);  // and the variance
  };
  test.delta_aicc = aicc(S0, smaller.parameters) - aicc(S1, larger.parameters);
  return test;
}

}  // namespace isoflop
