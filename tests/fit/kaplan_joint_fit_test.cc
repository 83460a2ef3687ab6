#include "analysis/fit/kaplan_joint_fit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/regress/law_fit.h"
#include "analysis/regress/law_models.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

// Published: Kaplan et al. 2020, table 2.
constexpr KaplanJoint kPublished{
    .N_c = 6.4e13, .D_c = 1.8e13, .alpha_N = 0.076, .alpha_D = 0.103};

std::vector<Observation> Grid(const KaplanJoint& law) {
  std::vector<Observation> grid;
  for (const double N : {1e6, 1e7, 1e8, 1e9}) {
    for (const double D : {2e7, 2e8, 2e9, 2e10}) {
      grid.push_back(MakeObservation(N, D, Loss(law, N, D)));
    }
  }
  return grid;
}

void ExpectNear(const KaplanJointFit& fit, const KaplanJoint& law,
                double tolerance) {
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(fit.alpha_N.value / law.alpha_N, 1.0, tolerance);
  EXPECT_NEAR(fit.alpha_D.value / law.alpha_D, 1.0, tolerance);
  EXPECT_NEAR(fit.N_c.value / law.N_c, 1.0, 100.0 * tolerance);
  EXPECT_NEAR(fit.D_c.value / law.D_c, 1.0, 100.0 * tolerance);
}

TEST(KaplanJointFit, RecoversThePublishedConstants) {
  const auto fit = FitKaplanJoint(Grid(kPublished));
  ExpectNear(fit, kPublished, 1e-6);
  EXPECT_LT(fit.rms_log_residual, 1e-9);
  EXPECT_TRUE(fit.certificate.converged);
}

TEST(KaplanJointFit, RecoversOtherLaws) {
  for (const double alpha_N : {0.04, 0.3, 0.6}) {
    for (const double alpha_D : {0.05, 0.2, 0.7}) {
      const KaplanJoint law{
          .N_c = 1e9, .D_c = 3e10, .alpha_N = alpha_N, .alpha_D = alpha_D};
      ExpectNear(FitKaplanJoint(Grid(law)), law, 1e-6);
    }
  }
}

TEST(KaplanJointFit, CertifiesTheOptimumOfNoisyRuns) {
  const auto fit = FitKaplanJoint(WithNoise(Grid(kPublished), 0.01, 5));
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(fit.rms_log_residual, 0.01, 0.004);
  EXPECT_EQ(fit.certificate.starts, 64);
  EXPECT_GE(fit.certificate.agreeing, 52);
  EXPECT_LT(fit.certificate.gradient_norm, 1e-7);
  EXPECT_TRUE(fit.certificate.converged);
}

TEST(KaplanJointFit, IsNotBeatenByItsNeighbours) {
  const auto runs = WithNoise(Grid(kPublished), 0.01, 6);
  const auto squares = [&](const KaplanJoint& law) {
    double sum = 0.0;
    for (const Observation& o : runs) {
      sum += std::pow(std::log(Loss(law, o.N, o.D) / o.L), 2);
    }
    return sum;
  };
  const KaplanJoint best = FitKaplanJoint(runs).law();
  for (double KaplanJoint::*number :
       {&KaplanJoint::N_c, &KaplanJoint::D_c, &KaplanJoint::alpha_N,
        &KaplanJoint::alpha_D}) {
    for (const double factor : {0.999, 1.001}) {
      KaplanJoint other = best;
      other.*number *= factor;
      EXPECT_GT(squares(other), squares(best));
    }
  }
}

TEST(KaplanJointFit, CountsADrawnRunAsOftenAsItWasDrawn) {
  const auto runs = WithNoise(Grid(kPublished), 0.01, 7);
  std::vector<double> counts(runs.size(), 1.0);
  auto drawn = runs;
  counts[3] = 2.0;
  drawn.push_back(runs[3]);
  counts[9] = 0.0;
  drawn.erase(drawn.begin() + 9);
  LawRefits refits = RefitsOf(FitKaplanJoint(runs), runs, JointOffset::kNone);
  const auto by_count = KaplanJointOf(refits.With(counts, false));
  const auto by_hand = FitKaplanJoint(drawn);
  ASSERT_EQ(by_count.status, FitStatus::kOk) << by_count.reason;
  EXPECT_NEAR(by_count.alpha_N.value, by_hand.alpha_N.value, 1e-8);
}

KaplanJoint WithOffset(double E) {
  return {.N_c = 3e9, .D_c = 5e10, .alpha_N = 0.34, .alpha_D = 0.28, .E = E};
}

TEST(KaplanJointFit, RecoversAnIrreducibleLoss) {
  for (const double E : {0.4, 1.7}) {
    const KaplanJoint law = WithOffset(E);
    const auto fit = FitKaplanJoint(Grid(law), JointOffset::kFitted);
    ExpectNear(fit, law, 1e-6);
    EXPECT_NEAR(fit.E.value, E, 1e-6);
    EXPECT_TRUE(fit.certificate.certified());
    EXPECT_LT(fit.certificate.gradient_norm, 1e-7);
    const auto without = FitKaplanJoint(Grid(law));
    ASSERT_EQ(without.status, FitStatus::kOk) << without.reason;
    EXPECT_EQ(without.E.value, 0.0);
    EXPECT_GT(without.rms_log_residual, 1e-4);
  }
}

TEST(KaplanJointFit, HasNoIrreducibleLossWhereANegativeOneWouldBeBest) {
  auto runs = Grid(WithOffset(0.0));
  for (Observation& o : runs) o.L -= 0.2;
  const auto fit = FitKaplanJoint(runs, JointOffset::kFitted);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_EQ(fit.E.value, 0.0);
  EXPECT_TRUE(fit.certificate.certified());
  const auto without = FitKaplanJoint(runs);
  EXPECT_NEAR(fit.alpha_N.value, without.alpha_N.value, 1e-7);
}

TEST(KaplanJointFit, IsTheFitOfTheGenericFitter) {
  const auto noisy = WithNoise(Grid(WithOffset(1.2)), 0.005, 8);
  const auto fit = FitKaplanJoint(noisy, JointOffset::kFitted);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  const std::vector<LawRun> runs = RunsOf(noisy);
  LawFitOptions options{.objective = {.loss = LossKind::kL2}};
  options.profiles = false;
  const LawFit other = FitLaw(KaplanJointModel(runs), runs, options);
  ASSERT_EQ(other.status, FitStatus::kOk) << other.reason;
  EXPECT_TRUE(other.certificate.certified());
  EXPECT_NEAR(other.coefficients[2].value, fit.alpha_N.value, 1e-6);
  EXPECT_NEAR(other.coefficients[3].value, fit.alpha_D.value, 1e-6);
  EXPECT_NEAR(other.coefficients[4].value, fit.E.value, 1e-6);
  EXPECT_NEAR(other.rms_log_residual, fit.rms_log_residual, 1e-9);
}

TEST(KaplanJointFit, GoesDownFromAStartWithoutIrreducibleLossToo) {
  const KaplanJoint law = WithOffset(1.2);
  const auto runs = Grid(law);
  const std::vector<double> counts(runs.size(), 1.0);
  LawRefits refits = RefitsOf(FitKaplanJoint(runs), runs, JointOffset::kFitted);
  ExpectNear(KaplanJointOf(refits.With(counts, false)), law, 1e-5);
}

TEST(KaplanJointFit, SaysWhyThereIsNoLaw) {
  const auto reason = [](const std::vector<Observation>& runs) {
    const auto fit = FitKaplanJoint(runs);
    EXPECT_EQ(fit.status, FitStatus::kUnsupported);
    return fit.reason;
  };
  EXPECT_NE(reason(FullGrid(kSmallLaw, {1e6}, Doubling(1e6, 6)))
                .find("N is 1e+06 in all runs"),
            std::string::npos);
  auto flat = Grid(kPublished);
  for (Observation& o : flat) o.L = std::pow(1e12 / o.N, 0.07);
  EXPECT_NE(reason(flat).find("does not fall with the number of tokens"),
            std::string::npos)
      << reason(flat);
}

}  // namespace
}  // namespace isoflop
