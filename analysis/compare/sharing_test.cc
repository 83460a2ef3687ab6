#include "analysis/compare/sharing_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/solve/profile.h"
#include "analysis/solve/residual_density.h"
#include "lib/numeric/distributions.h"
#include "lib/numeric/student_t.h"

namespace isoflop {
namespace {

constexpr double kNoNoise = 1e-9;  // residuals that are only rounding

bool Reproduces(const RecipeFit& fit) {
  return RootMeanSquare(fit.residuals) <= kNoNoise;
}

std::string NoNoiseToJudgeBy(const RecipeFit& smaller) {
  if (Reproduces(smaller)) {
    return "both fits reproduce the data, and there is no noise to judge by";
  }
  return fmt::format(
      "there is no noise to judge by: the fit with more parameters reproduces "
      "the data, and the one with fewer leaves residuals of {:.2g} % rms",
      100.0 * RootMeanSquare(smaller.residuals));
}

std::string Hindrance(const RecipeFit& smaller, const RecipeFit& larger) {
  if (smaller.residuals.empty()) return smaller.reason;
  if (larger.status != FitStatus::kOk) return larger.reason;
  if (std::ssize(larger.residuals) - larger.parameters < 3)
    return "too few runs for that many parameters";
  if (Reproduces(larger)) return NoNoiseToJudgeBy(smaller);
  if (larger.objective > smaller.objective * (1.0 + 1e-9)) {
    return "the fit with more parameters has stopped above the one with fewer";
  }
  return {};
}

}  // namespace

SharingTest CompareSharing(const RecipeFit& smaller, const RecipeFit& larger,
                           const Penalty& penalty) {
  const auto runs = static_cast<int>(larger.residuals.size());
  SharingTest test;
  test.numerator = larger.parameters - smaller.parameters;
  test.denominator = runs - larger.parameters;
  test.reason = Hindrance(smaller, larger);
  if (!test.reason.empty()) return test;
  const auto by_chance =
      DropByChance(larger.residuals, penalty, larger.parameters);
  if (!by_chance) {
    test.reason = "the penalty of the fits has no slope at their residuals";
    return test;
  }
  test.status = FitStatus::kOk;
  test.certified =
      smaller.certificate.agreeing >= Certificate::kFewestAgreeing &&
      larger.certificate.certified();
  const double drop = std::max(smaller.objective - larger.objective, 0.0);
  test.F = drop / test.numerator / *by_chance;
  test.p_value = FUpperTail(test.F, test.numerator, test.denominator);
  const double log_ratio =
      std::log1p(test.F * test.numerator / test.denominator);
  // One more for the scale of the residuals.
  test.delta_aicc =
      Aicc(-0.5 * runs * log_ratio, smaller.parameters + 1, runs) -
      Aicc(0.0, larger.parameters + 1, runs);
  return test;
}

}  // namespace isoflop
