// The hand-written derivatives of every law against Ceres' automatic ones and
// against finite differences. Those of the coupled law: coupled_test.cc.

#include "analysis/laws/law_derivatives.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "analysis/laws/broken_power_law.h"
#include "analysis/laws/chinchilla.h"
#include "analysis/laws/emergence.h"
#include "analysis/laws/farseer.h"
#include "analysis/laws/kaplan.h"
#include "analysis/laws/offset_power_law.h"
#include "analysis/laws/overtraining.h"
#include "analysis/laws/repeated_data.h"
#include "tests/laws/jets.h"

namespace isoflop {
namespace {

TEST(LawDerivatives, OfChinchillaAreTheAutomaticOnes) {
  const Chinchilla law{
      .E = 1.8, .A = 400.0, .B = 2000.0, .alpha = 0.35, .beta = 0.37};
  using Jet = ceres::Jet<double, 5>;
  const ChinchillaCoefficients<Jet> jets{Jet(law.E, 0), Jet(law.A, 1),
                                         Jet(law.B, 2), Jet(law.alpha, 3),
                                         Jet(law.beta, 4)};
  const Jet expected = LossAtLog(jets, 18.4, 23.1);
  const auto d = DifferentiateAtLog(law, 18.4, 23.1);
  EXPECT_DOUBLE_EQ(d.value, expected.a);
  for (int i = 0; i < 5; ++i) {
    EXPECT_NEAR(d.gradient[static_cast<std::size_t>(i)], expected.v[i],
                1e-15 * std::abs(expected.v[i]));
  }
}

TEST(LawDerivatives, OfChinchillaOfSecondOrderAreThoseOfTheFirst) {
  const std::array law{1.8, 400.0, 2000.0, 0.35, 0.37};
  ExpectBends(law, kChinchillaBends, [](const auto& c) {
    return DifferentiateAtLog(Chinchilla{c[0], c[1], c[2], c[3], c[4]}, 18.4,
                              23.1);
  });
}

const RepeatedData kRepeated{.E = 1.7,
                             .A = 400.0,
                             .B = 1500.0,
                             .alpha = 0.34,
                             .beta = 0.36,
                             .R_D = 15.0,
                             .R_N = 5.0};

TEST(LawDerivatives, OfRepeatedDataAreTheAutomaticOnes) {
  const RepeatedData& l = kRepeated;
  const auto j = Variables<7>({l.E, l.A, l.B, l.alpha, l.beta, l.R_D, l.R_N});
  using Jet = ceres::Jet<double, 7>;
  const RepeatedDataCoefficients<Jet> jets{j[0], j[1], j[2], j[3],
                                           j[4], j[5], j[6]};
  for (const double N : {1e7, 3e9, 2e11}) {     // few and excess parameters
    for (const double U : {1e9, 2e10, 1e13}) {  // repeated and not
      ExpectSame(Differentiate(l, N, 1e11, U), Loss(jets, N, 1e11, U));
    }
  }
}

TEST(LawDerivatives, OfOvertrainingAreTheAutomaticOnes) {
  const Overtraining law{.E = 1.7, .a = 150.0, .b = 170.0, .eta = 0.15};
  const auto j = Variables<4>({law.E, law.a, law.b, law.eta});
  const OvertrainingCoefficients<ceres::Jet<double, 4>> jets{j[0], j[1], j[2],
                                                             j[3]};
  ExpectSame(DifferentiateAtLog(law, std::log(3e8), std::log(2e10)),
             Loss(jets, 3e8, 2e10));
}

TEST(LawDerivatives, OfOvertrainingOfSecondOrderAreThoseOfTheFirst) {
  const std::array law{1.7, 150.0, 170.0, 0.15};
  ExpectBends(law, kOvertrainingBends, [](const auto& c) {
    return DifferentiateAtLog(Overtraining{c[0], c[1], c[2], c[3]},
                              std::log(3e8), std::log(2e10));
  });
}

TEST(LawDerivatives, OfFarseerAreTheAutomaticOnes) {
  const Farseer l{-0.124, 0.424,  0.123,  88.01, -6.287,
                  -0.1,   -0.021, -0.091, 0.169};
  const auto j = Variables<9>(
      {l.a1, l.b1, l.alpha, l.a2, l.b2, l.beta, l.a3, l.b3, l.gamma});
  const FarseerCoefficients<ceres::Jet<double, 9>> jets{
      j[0], j[1], j[2], j[3], j[4], j[5], j[6], j[7], j[8]};
  ExpectSame(DifferentiateAtLog(l, std::log(1e9), std::log(2e10)),
             Loss(jets, 1e9, 2e10));
}

TEST(LawDerivatives, OfFarseerOfSecondOrderAreThoseOfTheFirst) {
  const std::array law{-0.124, 0.424,  0.123,  88.01, -6.287,
                       -0.1,   -0.021, -0.091, 0.169};
  for (const double N : {1e7, 1e9, 1e11}) {
    ExpectBends(law, kFarseerBends, [N](const auto& c) {
      return DifferentiateAtLog(
          Farseer{c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]},
          std::log(N), std::log(2e10));
    });
  }
}

TEST(LawDerivatives, OfABrokenPowerLawAreTheAutomaticOnes) {
  const BrokenPowerLaw l{
      .a = 0.5, .b = 3.0, .c0 = 0.1, .c1 = 0.4, .d1 = 1e6, .f1 = 0.3};
  const auto j = Variables<6>({l.a, l.b, l.c0, l.c1, l.d1, l.f1});
  const BrokenPowerLawCoefficients<ceres::Jet<double, 6>> jets{
      j[0], j[1], j[2], j[3], j[4], j[5]};
  for (const double x : {1e3, 9e5, 2e6, 1e11}) {
    ExpectSame(DifferentiateAtLog(l, std::log(x)), Evaluate(jets, x));
  }
}

TEST(LawDerivatives, OfABrokenPowerLawOfSecondOrderAreThoseOfTheFirst) {
  const std::array law{0.5, 3.0, 0.1, 0.4, 1e6, 0.3};
  for (const double x : {1e4, 9e5, 2e6, 1e8}) {
    ExpectBends(law, kBrokenPowerBends, [x](const auto& c) {
      return DifferentiateAtLog(
          BrokenPowerLaw{c[0], c[1], c[2], c[3], c[4], c[5]}, std::log(x));
    });
  }
}

TEST(LawDerivatives, OfALogisticCurveAreTheAutomaticOnes) {
  const Logistic l{.top = 0.9, .critical = 5e3, .steepness = 4.0};
  const auto j = Variables<3>({l.top, l.critical, l.steepness});
  const LogisticCoefficients<ceres::Jet<double, 3>> jets{j[0], j[1], j[2]};
  for (const double x : {1e2, 4e3, 5e3, 7e3, 1e6}) {
    ExpectSame(DifferentiateAtLog(l, std::log(x)), Evaluate(jets, x));
  }
}

TEST(LawDerivatives, OfALogisticCurveStayNumbersWhereItIsAStep) {
  const Logistic step{.top = 1.0, .critical = 5e3, .steepness = 1e4};
  for (const double x : {1.0, 4.9e3, 5.1e3, 1e12}) {
    const auto at = DifferentiateAtLog(step, std::log(x));
    EXPECT_TRUE(std::isfinite(at.value));
    for (const double slope : at.gradient) EXPECT_TRUE(std::isfinite(slope));
  }
}

TEST(LawDerivatives, OfAProductOfSkillsAreTheAutomaticOnes) {
  const SkillProduct l{.top = 0.9, .scale = 5e3, .skills = 3.5};
  const auto j = Variables<3>({l.top, l.scale, l.skills});
  const SkillProductCoefficients<ceres::Jet<double, 3>> jets{j[0], j[1], j[2]};
  for (const double x : {1e-3, 1e2, 5e3, 7e4}) {
    ExpectSame(DifferentiateAtLog(l, std::log(x)), Evaluate(jets, x));
  }
}

/// Kaplan's joint law, of A = N_c^alpha_N and B = D_c^alpha_D.
TEST(LawDerivatives, OfKaplansJointLawAreTheAutomaticOnes) {
  const KaplanJoint l{
      .N_c = 6.4e13, .D_c = 1.8e13, .alpha_N = 0.076, .alpha_D = 0.103, .E = 1};
  const double A = std::pow(l.N_c, l.alpha_N);
  const double B = std::pow(l.D_c, l.alpha_D);
  const KaplanPowers powers(A, B, l.alpha_N, l.alpha_D, l.E);
  const auto j = Variables<5>({A, B, l.alpha_N, l.alpha_D, l.E});
  // The same law with N_c and D_c that follow from the powers.
  const KaplanJointCoefficients<ceres::Jet<double, 5>> jets{
      exp(log(j[0]) / j[2]), exp(log(j[1]) / j[3]), j[2], j[3], j[4]};
  for (const double N : {1e6, 1e10}) {
    EXPECT_NEAR(Loss(jets, N, 2e10).a, Loss(l, N, 2e10), 1e-12);
    ExpectSame(DifferentiateAtLog(powers, std::log(N), std::log(2e10)),
               Loss(jets, N, 2e10));
  }
}

TEST(LawDerivatives, OfAnOffsetPowerLawAreTheAutomaticOnes) {
  const OffsetPowerLaw l{.offset = 1.5, .coefficient = 9.0, .exponent = -0.2};
  const auto j = Variables<3>({l.offset, l.coefficient, l.exponent});
  const OffsetPowerLawCoefficients<ceres::Jet<double, 3>> jets{j[0], j[1],
                                                               j[2]};
  ExpectSame(DifferentiateAtLog(l, std::log(1e8)), Evaluate(jets, 1e8));
}

TEST(LawDerivatives, OfAnOffsetPowerLawOfSecondOrderAreThoseOfTheFirst) {
  const std::array law{1.5, 9.0, -0.2};
  ExpectBends(law, kOffsetPowerLawBends, [](const auto& c) {
    return DifferentiateAtLog(OffsetPowerLaw{c[0], c[1], c[2]}, std::log(1e8));
  });
}

}  // namespace
}  // namespace isoflop
