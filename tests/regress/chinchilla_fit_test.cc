#include "analysis/regress/chinchilla_fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

constexpr LossKind kLosses[] = {LossKind::kHuber, LossKind::kLad,
                                LossKind::kL2};

/// The largest relative error of a coefficient; of E, over the loss scale 1.
double RelativeError(const Chinchilla& law, const Chinchilla& truth) {
  return std::max({std::abs(law.E - truth.E), std::abs(law.A / truth.A - 1.0),
                   std::abs(law.B / truth.B - 1.0),
                   std::abs(law.alpha / truth.alpha - 1.0),
                   std::abs(law.beta / truth.beta - 1.0)});
}

void ExpectSameLaw(const Chinchilla& law, const Chinchilla& expected,
                   double tolerance) {
  EXPECT_LT(RelativeError(law, expected), tolerance);
}

/// A law with terms of 0.1 to 3 nats at the smallest N and D of the design.
struct RandomCase {
  explicit RandomCase(std::uint64_t seed) : stream(MixBits(99, seed)) {
    const double N0 = LogBetween(1e3, 1e9);
    const double D0 = LogBetween(1e5, 1e11);
    law.E = stream.Uniform() < 0.15 ? 0.0 : 3.0 * stream.Uniform();
    law.alpha = LogBetween(0.05, 1.5);
    law.beta = LogBetween(0.05, 1.5);
    law.A = LogBetween(0.1, 3.0) * std::pow(N0, law.alpha);
    law.B = LogBetween(0.1, 3.0) * std::pow(D0, law.beta);
    const std::uint64_t sizes = 3 + stream.Below(10);
    const std::uint64_t points = 6 + stream.Below(295);
    const double span_N = LogBetween(8.0, 1000.0);
    const double span_D = LogBetween(8.0, 1000.0);
    for (std::uint64_t i = 0; i < points; ++i) {
      const double share =
          static_cast<double>(i % sizes) / static_cast<double>(sizes - 1);
      const double N = N0 * std::pow(span_N, share);
      const double D = D0 * std::pow(span_D, stream.Uniform());
      observations.push_back(MakeObservation(N, D, Loss(law, N, D)));
    }
  }

  double LogBetween(double low, double high) {
    return low * std::pow(high / low, stream.Uniform());
  }

  RandomStream stream;
  Chinchilla law;
  std::vector<Observation> observations;
};

TEST(ChinchillaFit, RecoversTwoHundredLawsFromDataWithoutNoise) {
  constexpr std::uint64_t kLaws = 200;
  for (std::uint64_t seed = 0; seed < kLaws; ++seed) {
    const RandomCase sample(seed);
    const auto fit = FitChinchilla(sample.observations, {});
    ASSERT_EQ(fit.status, FitStatus::kOk) << seed << ": " << fit.reason;
    EXPECT_LT(RelativeError(fit.law, sample.law), 1e-6) << seed;
    EXPECT_TRUE(fit.certificate.converged) << seed;
  }
}

TEST(ChinchillaFit, RecoversALawWithEveryPenaltyAndResidual) {
  for (const LossKind loss : kLosses) {
    for (const auto residual : {ResidualKind::kLog, ResidualKind::kRaw}) {
      const auto fit =
          FitChinchilla(SmallSweep(), {.loss = loss, .residual = residual});
      ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
      ExpectSameLaw(fit.law, kSmallLaw, 1e-6);
    }
  }
}

TEST(ChinchillaFit, FindsNoLowerPointInAnyDirection) {
  const auto data = WithNoise(SmallSweep(), 0.01, 5);
  for (const LossKind loss : kLosses) {
    const auto fit = FitChinchilla(data, {.loss = loss});
    const auto value = [&](const Chinchilla& law) {
      double sum = 0.0;
      for (const Observation& o : data) {
        const double r = std::abs(std::log(Loss(law, o.N, o.D) / o.L));
        const double huber = r <= 1e-3 ? 0.5 * r * r : 1e-3 * (r - 0.5e-3);
        sum += loss == LossKind::kHuber ? huber
                                        : (loss == LossKind::kL2 ? r * r : r);
      }
      return sum;
    };
    EXPECT_NEAR(fit.objective, value(fit.law), 1e-12 * fit.objective);
    for (double Chinchilla::*parameter :
         {&Chinchilla::E, &Chinchilla::A, &Chinchilla::B, &Chinchilla::alpha,
          &Chinchilla::beta}) {
      for (const double factor : {0.9, 0.999, 0.99999, 1.00001, 1.001, 1.1}) {
        Chinchilla other = fit.law;
        other.*parameter *= factor;
        EXPECT_GE(value(other), fit.objective);
      }
    }
  }
}

TEST(ChinchillaFit, CertifiesANoisyFit) {
  const auto fit = FitChinchilla(WithNoise(SmallSweep(), 0.003, 1), {});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_EQ(fit.certificate.starts, 64);
  EXPECT_GE(fit.certificate.agreeing, 32);
  EXPECT_GE(fit.certificate.distinct_minima, 1);
  EXPECT_LT(fit.certificate.gradient_norm, 1e-9);
  EXPECT_GT(fit.certificate.condition_number.value_or(0.0), 1.0);
  EXPECT_TRUE(fit.certificate.converged);
  EXPECT_TRUE(fit.certificate.certified());
}

TEST(ChinchillaFit, IsNotCertifiedByFewStarts) {
  Certificate certificate;
  certificate.starts = 64;
  certificate.converged = true;
  for (int agreeing = 1; agreeing < Certificate::kFewestAgreeing; ++agreeing) {
    certificate.agreeing = agreeing;
    EXPECT_FALSE(certificate.certified());
  }
  certificate.agreeing = 3;
  EXPECT_TRUE(certificate.certified());
  certificate.converged = false;
  EXPECT_FALSE(certificate.certified());
}

TEST(ChinchillaFit, KnowsTheConditionOfAHessianFarFromItsUnits) {
  auto data = WithNoise(SmallSweep(), 0.003, 1);
  const auto near = FitChinchilla(data, {.loss = LossKind::kL2});
  for (Observation& o : data) {
    o.N *= 1e100;
    o.D *= 1e-100;
  }
  const auto far = FitChinchilla(data, {.loss = LossKind::kL2});
  ASSERT_TRUE(near.certificate.condition_number.has_value());
  ASSERT_TRUE(far.certificate.condition_number.has_value());
  EXPECT_GT(*far.certificate.condition_number,
            *near.certificate.condition_number);
}

TEST(ChinchillaFit, HasNoConditionWithLeastAbsoluteDeviations) {
  const auto fit = FitChinchilla(WithNoise(SmallSweep(), 0.003, 1),
                                 {.loss = LossKind::kLad});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_FALSE(fit.certificate.condition_number.has_value());
}

TEST(ChinchillaFit, DoesNotDependOnTheOrderOfTheRuns) {
  auto data = WithNoise(SmallSweep(), 0.01, 2);
  const auto fit = FitChinchilla(data, {});
  std::ranges::reverse(data);
  std::rotate(data.begin(), data.begin() + 11, data.end());
  ExpectSameLaw(FitChinchilla(data, {}).law, fit.law, 1e-9);
}

TEST(ChinchillaFit, IsUnchangedWhenEveryRunIsThereTwice) {
  auto data = WithNoise(SmallSweep(), 0.01, 2);
  const auto fit = FitChinchilla(data, {});
  const auto copy = data;
  data.insert(data.end(), copy.begin(), copy.end());
  const auto twice = FitChinchilla(data, {});
  ExpectSameLaw(twice.law, fit.law, 1e-9);
  EXPECT_NEAR(twice.objective, 2.0 * fit.objective, 1e-12);
}

TEST(ChinchillaFit, CountsAWeightOfTwoAsTwoRuns) {
  auto weighted = WithNoise(SmallSweep(), 0.01, 2);
  auto repeated = weighted;
  for (std::size_t i = 0; i < weighted.size(); i += 3) {
    repeated.push_back(weighted[i]);
    weighted[i].weight = 2.0;
  }
  ExpectSameLaw(FitChinchilla(weighted, {}).law,
                FitChinchilla(repeated, {}).law, 1e-9);
}

TEST(ChinchillaFit, ChangesOnlyAWhenEveryNIsMultiplied) {
  auto data = WithNoise(SmallSweep(), 0.01, 2);
  Chinchilla expected = FitChinchilla(data, {}).law;
  expected.A *= std::pow(37.0, expected.alpha);
  for (Observation& o : data) o.N *= 37.0;
  ExpectSameLaw(FitChinchilla(data, {}).law, expected, 1e-8);
}

TEST(ChinchillaFit, ChangesOnlyBWhenEveryDIsMultiplied) {
  auto data = WithNoise(SmallSweep(), 0.01, 2);
  Chinchilla expected = FitChinchilla(data, {}).law;
  expected.B *= std::pow(37.0, expected.beta);
  for (Observation& o : data) o.D *= 37.0;
  ExpectSameLaw(FitChinchilla(data, {}).law, expected, 1e-8);
}

TEST(ChinchillaFit, ScalesWithTheLoss) {
  auto data = WithNoise(SmallSweep(), 0.01, 2);
  Chinchilla expected = FitChinchilla(data, {}).law;
  for (double Chinchilla::*part :
       {&Chinchilla::E, &Chinchilla::A, &Chinchilla::B}) {
    expected.*part *= std::numbers::log2e;  // bits per token
  }
  for (Observation& o : data) o.L *= std::numbers::log2e;
  ExpectSameLaw(FitChinchilla(data, {}).law, expected, 1e-8);
}

TEST(ChinchillaFit, HardlyMovesForAnOutlierWithHuber) {
  auto data = SmallSweep();
  data[5].L *= 3.0;
  EXPECT_LT(RelativeError(FitChinchilla(data, {}).law, kSmallLaw), 0.05);
  EXPECT_GT(RelativeError(FitChinchilla(data, {.loss = LossKind::kL2}).law,
                          kSmallLaw),
            0.5);
}

TEST(ChinchillaFit, FindsNoIrreducibleLossWhereThereIsNone) {
  Chinchilla law = kSmallLaw;
  law.E = 0.0;
  const auto data = FullGrid(law, Doubling(1e4, 5), Doubling(1e6, 5));
  const auto exact = FitChinchilla(data, {});
  ASSERT_EQ(exact.status, FitStatus::kOk) << exact.reason;
  ExpectSameLaw(exact.law, law, 1e-6);
}

TEST(ChinchillaFit, StopsAtTheBoundWhereEWouldBeNegative) {
  auto data = FullGrid(kSmallLaw, Doubling(1e4, 6), Doubling(1e6, 6));
  for (Observation& o : data)
    o.L = 10.0 - 0.2 * std::log(o.N) - 0.1 * std::log(o.D);
  const auto fit = FitChinchilla(data, {});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_EQ(fit.law.E, 0.0);
  EXPECT_TRUE(fit.certificate.converged);
  EXPECT_GT(fit.law.alpha, 0.0);
}

TEST(ChinchillaFit, EstimatesTheScaleOfStudentsT) {
  const auto fit = FitChinchilla(WithNoise(SmallSweep(), 0.004, 8),
                                 {.loss = LossKind::kStudentT});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  ASSERT_TRUE(fit.student_t.has_value());
  EXPECT_NEAR(fit.student_t->scale, 0.004, 0.001);
  EXPECT_TRUE(fit.certificate.converged);
}

TEST(ChinchillaFit, SettlesStudentsTWhereItsLikelihoodIsAboveOne) {
  // Losses so exact that the objective, a negative log-likelihood, is negative
  // from the first start on.
  const auto data = WithNoise(SmallSweep(), 1e-6, 8);
  const auto fit = FitChinchilla(data, {.loss = LossKind::kStudentT});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_LT(fit.objective, 0.0);
  EXPECT_TRUE(fit.certificate.certified());
  EXPECT_NEAR(fit.law.alpha, kSmallLaw.alpha, 1e-3);
}

TEST(ChinchillaFit, ReportsTheSizeOfTheResiduals) {
  auto data = FullGrid(kSmallLaw, Doubling(1e4, 5), Doubling(1e6, 5));
  data[12].L *= std::exp(0.1);
  const auto fit = FitChinchilla(data, {.loss = LossKind::kLad});
  EXPECT_NEAR(fit.max_log_residual, 0.1, 1e-6);
  EXPECT_NEAR(fit.rms_log_residual, 0.1 / 5.0, 1e-6);
}

}  // namespace
}  // namespace isoflop
