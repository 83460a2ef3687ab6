#include "analysis/laws/coupled.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "analysis/laws/kaplan.h"
#include "tests/laws/jets.h"

namespace isoflop {
namespace {

constexpr Coupled kCoupled{.E = 1.7,
                           .A = 400.0,
                           .B = 1500.0,
                           .alpha = 0.34,
                           .beta = 0.36,
                           .kappa = 1.8};

Coupled WithKappa(double kappa) {
  Coupled law = kCoupled;
  law.kappa = kappa;
  return law;
}

/// On both sides of u = v, near it and far from it.
constexpr std::array<std::pair<double, double>, 5> kPlaces = {
    {{1e6, 1e12}, {3e8, 2e10}, {1e9, 9e10}, {1e11, 1e9}, {1e4, 1e15}}};

TEST(Coupled, IsChinchillaWithKappaOne) {
  const Chinchilla plain{kCoupled.E, kCoupled.A, kCoupled.B, kCoupled.alpha,
                         kCoupled.beta};
  for (const auto& [N, D] : kPlaces) {
    const double loss = Loss(plain, N, D);
    EXPECT_NEAR(Loss(WithKappa(1.0), N, D), loss, 1e-14 * loss);
    const auto d = DifferentiateAtLog(WithKappa(1.0), std::log(N), std::log(D));
    const auto expected = DifferentiateAtLog(plain, std::log(N), std::log(D));
    EXPECT_NEAR(d.value, loss, 1e-13 * loss);
    for (std::size_t k = 0; k < 5; ++k) {
      EXPECT_NEAR(d.gradient[k], expected.gradient[k],
                  1e-12 * std::abs(expected.gradient[k]));
    }
  }
}

TEST(Coupled, IsKaplansJointLawWithKappaOneOverBeta) {
  const KaplanJoint joint{.N_c = std::pow(kCoupled.A, 1.0 / kCoupled.alpha),
                          .D_c = std::pow(kCoupled.B, 1.0 / kCoupled.beta),
                          .alpha_N = kCoupled.alpha,
                          .alpha_D = kCoupled.beta,
                          .E = kCoupled.E};
  for (const auto& [N, D] : kPlaces) {
    const double loss = Loss(joint, N, D);
    EXPECT_NEAR(Loss(WithKappa(1.0 / kCoupled.beta), N, D), loss, 1e-13 * loss);
  }
}

TEST(Coupled, IsTheLargerTermWithoutEnd) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  for (const auto& [N, D] : kPlaces) {
    const double u = kCoupled.A * std::pow(N, -kCoupled.alpha);
    const double v = kCoupled.B * std::pow(D, -kCoupled.beta);
    EXPECT_NEAR(Loss(WithKappa(kInfinite), N, D), kCoupled.E + std::max(u, v),
                1e-13);
    EXPECT_NEAR(Loss(WithKappa(1e6), N, D), kCoupled.E + std::max(u, v), 1e-5);
  }
}

TEST(Coupled, FallsWithSizeWithDataAndWithKappa) {
  for (const auto& [N, D] : kPlaces) {
    const double loss = Loss(kCoupled, N, D);
    EXPECT_LE(Loss(kCoupled, 2.0 * N, D), loss);
    EXPECT_LE(Loss(kCoupled, N, 2.0 * D), loss);
    EXPECT_LE(Loss(WithKappa(2.5), N, D), loss);
  }
}

Coupled LawOf(const std::array<double, 6>& c) {
  return {c[0], c[1], c[2], c[3], c[4], c[5]};
}

TEST(Coupled, HasTheAutomaticDerivatives) {
  for (const double kappa : {1.0, 1.8, 5.0}) {
    const Coupled l = WithKappa(kappa);
    const auto j = Variables<6>({l.E, l.A, l.B, l.alpha, l.beta, l.kappa});
    const CoupledCoefficients<ceres::Jet<double, 6>> jets{j[0], j[1], j[2],
                                                          j[3], j[4], j[5]};
    for (const auto& [N, D] : kPlaces) {
      ExpectSame(DifferentiateAtLog(l, std::log(N), std::log(D)),
                 Loss(jets, N, D));
    }
  }
}

TEST(Coupled, HasSecondDerivativesOfItsFirst) {
  for (const double kappa : {1.2, 1.8, 5.0}) {
    for (const auto& [N, D] : kPlaces) {
      const double log_N = std::log(N);
      const double log_D = std::log(D);
      ExpectBends(std::array{1.7, 400.0, 1500.0, 0.34, 0.36, kappa},
                  kCoupledBends, [&](const auto& c) {
                    return DifferentiateAtLog(LawOf(c), log_N, log_D);
                  });
    }
  }
}

/// ln N of the lowest loss at a constant C, by golden section.
double BestLogN(const Coupled& law, double C) {
  const auto loss = [&](double log_N) {
    const double N = std::exp(log_N);
    return Loss(law, N, C / (6.0 * N));
  };
  const double golden = 0.5 * (std::sqrt(5.0) - 1.0);
  double low = 0.0;
  double high = std::log(C / 6.0);
  while (high - low > 1e-9) {
    const double left = high - golden * (high - low);
    const double right = low + golden * (high - low);
    (loss(left) < loss(right) ? high : low) =
        loss(left) < loss(right) ? right : left;
  }
  return 0.5 * (low + high);
}

TEST(Coupled, AllocatesAsASearchDoes) {
  for (const double kappa : {1.0, 1.8, 5.0}) {
    const Coupled law = WithKappa(kappa);
    for (const double C : {1e15, 1e19, 1e24}) {
      const Optimum best = OptimumAt(law, C);
      EXPECT_NEAR(6.0 * best.N * best.D / C, 1.0, 1e-12);
      EXPECT_NEAR(best.loss, Loss(law, best.N, best.D), 1e-14);
      // Where the loss is flat to rounding, a search sees no further.
      EXPECT_NEAR(std::log(best.N), BestLogN(law, C), 1e-5);
      for (const double factor : {0.99, 1.01}) {
        const double N = factor * best.N;
        EXPECT_GT(Loss(law, N, C / (6.0 * N)), best.loss);
      }
    }
  }
}

TEST(Coupled, AllocatesAsChinchillaWithKappaOne) {
  const Chinchilla plain{kCoupled.E, kCoupled.A, kCoupled.B, kCoupled.alpha,
                         kCoupled.beta};
  const Optimum expected = OptimumAt(plain, 1e21);
  const Optimum best = OptimumAt(WithKappa(1.0), 1e21);
  EXPECT_NEAR(best.N / expected.N, 1.0, 1e-12);
  EXPECT_NEAR(best.loss, expected.loss, 1e-13);
}

TEST(Coupled, AllocatesWhereBothTermsAreEqualWithoutEnd) {
  const Coupled law = WithKappa(std::numeric_limits<double>::infinity());
  const Optimum best = OptimumAt(law, 1e21);
  EXPECT_NEAR(law.A * std::pow(best.N, -law.alpha),
              law.B * std::pow(best.D, -law.beta), 1e-12);
}

}  // namespace
}  // namespace isoflop
