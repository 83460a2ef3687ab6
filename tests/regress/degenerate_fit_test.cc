// Data that cannot determine a law get a reason in words, whatever the law and
// the penalty: no crash, no number that is not one.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "analysis/fit/fit.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

std::vector<Observation> Grid(int sizes, int tokens) {
  return FullGrid(kSmallLaw, Doubling(1e4, sizes), Doubling(1e6, tokens));
}

std::vector<Observation> WithLoss(
    const std::function<double(const Observation&)>& loss) {
  auto grid = Grid(5, 5);
  for (Observation& o : grid) o.L = loss(o);
  return grid;
}

std::vector<Observation> FirstOf(std::vector<Observation> all,
                                 std::size_t count) {
  all.resize(count);
  return all;
}

/// Three different N and three different D.
std::vector<Observation> FivePoints() {
  const auto grid = Grid(3, 3);
  return {grid[0], grid[2], grid[4], grid[6], grid[8]};
}

std::vector<Observation> Twice(std::vector<Observation> runs) {
  const auto again = runs;
  runs.insert(runs.end(), again.begin(), again.end());
  return runs;
}

/// Sizes that differ in name, and with them something that matters more.
std::vector<Observation> NearlyOneSize() {
  std::vector<Observation> runs;
  for (const double more : {1.0, 1.002, 1.005}) {
    for (Observation o : Grid(1, 6)) {
      o.N *= more;
      o.L *= 1.0 - 8.0 * (more - 1.0);
      runs.push_back(o);
    }
  }
  return runs;
}

std::vector<Observation> AtOneRatio() {
  std::vector<Observation> runs;
  for (const double N : Doubling(1e4, 12)) {
    runs.push_back(MakeObservation(N, 20.0 * N, Loss(kSmallLaw, N, 20.0 * N)));
  }
  return WithNoise(std::move(runs), 0.002, 6);
}

struct DegenerateCase {
  std::string name;
  std::vector<Observation> data;
  std::string reason;  // a fragment of what Approach 3 says
};

std::vector<DegenerateCase> Cases() {
  return {
      {"one run", Grid(1, 1), "1 observations"},
      {"two runs", Grid(2, 1), "2 observations"},
      {"five runs for five parameters", FirstOf(Grid(3, 3), 5),
       "5 observations cannot test a law of 5 parameters"},
      {"one size", Grid(1, 10), "N is 1e+04 in all runs"},
      {"two sizes", Grid(2, 10), "2 different N"},
      {"one number of tokens", Grid(10, 1), "D is 1e+06 in all runs"},
      {"two numbers of tokens", Grid(10, 2), "2 different D"},
      {"sizes within half a per cent", NearlyOneSize(),
       "N differs by only 0.5 % between the runs, 1e+04 to 1.005e+04"},
      {"D/N the same everywhere", AtOneRatio(), "D/N is 20 in all runs"},
      {"one run ten times", std::vector<Observation>(10, Grid(1, 1)[0]),
       "1 observations (10 runs, some with the same N and D)"},
      {"five points, each twice", Twice(FivePoints()),
       "5 observations (10 runs, some with the same N and D) cannot test a law "
       "of 5 parameters: at least 6 are needed"},
      {"the same loss everywhere", WithLoss([](auto&) { return 3.0; }),
       "does not fall"},
      {"a loss that rises with N", WithLoss([](const auto& o) {
         return 2.0 + 0.01 * std::log(o.N) + 800.0 * std::pow(o.D, -0.5);
       }),
       "does not fall with the number of parameters"},
      {"a loss that does not see N", WithLoss([](const auto& o) {
         return 2.0 + 800.0 * std::pow(o.D, -0.5);
       }),
       "does not fall with the number of parameters"},
      {"a loss that does not see D", WithLoss([](const auto& o) {
         return 2.0 + 200.0 * std::pow(o.N, -0.5);
       }),
       "does not fall with the number of tokens"},
      {"a step in N", WithLoss([](const auto& o) {
         return (o.N < 1.5e4 ? 3.0 : 2.0) + 800.0 * std::pow(o.D, -0.5);
       }),
       "there is no best fit"},
  };
}

TEST(DegenerateFit, SaysWhyApproach3HasNoLaw) {
  for (const DegenerateCase& sample : Cases()) {
    const auto fit = FitChinchilla(sample.data, {});
    EXPECT_EQ(fit.status, FitStatus::kUnsupported) << sample.name;
    EXPECT_NE(fit.reason.find(sample.reason), std::string::npos)
        << sample.name << ": " << fit.reason;
  }
}

TEST(DegenerateFit, IsSurvivedByEveryLawAndPenalty) {
  for (const DegenerateCase& sample : Cases()) {
    for (const auto loss : {LossKind::kHuber, LossKind::kLad, LossKind::kL2,
                            LossKind::kStudentT}) {
      FitOptions options;
      options.objective.loss = loss;
      options.bootstrap.resamples = 3;
      options.budgets_flops = {1e15};
      options.holdout_above = sample.data.front().C;
      const FitReport report = FitScalingLaws(MakeSet(sample.data), options);
      EXPECT_EQ(report.chinchilla->status, FitStatus::kUnsupported)
          << sample.name;
      EXPECT_TRUE(report.allocations.empty()) << sample.name;
    }
  }
}

/// Data that are strange, but have an answer.
std::vector<DegenerateCase> StrangeCases() {
  const auto scaled = [](double N, double D, double L) {
    auto grid = Grid(5, 5);
    for (Observation& o : grid) {
      o.N *= N;
      o.D *= D;
      o.L *= L;
      o.C = SixND(o.N, o.D);
    }
    return grid;
  };
  return {{"very many parameters", scaled(1e290, 1.0, 1.0), ""},
          {"hardly a parameter", scaled(1e-290, 1.0, 1.0), ""},
          {"very many tokens", scaled(1.0, 1e285, 1.0), ""},
          {"very small losses", scaled(1.0, 1.0, 1e-300), ""},
          {"very large losses", scaled(1.0, 1.0, 1e300), ""},
          {"six runs",
           FirstOf({Grid(3, 3)[0], Grid(3, 3)[2], Grid(3, 3)[4], Grid(3, 3)[5],
                    Grid(3, 3)[6], Grid(3, 3)[7]},
                   6),
           ""}};
}

TEST(DegenerateFit, HasTheRightAnswerForStrangeButSufficientData) {
  for (const DegenerateCase& sample : StrangeCases()) {
    const auto fit = FitChinchilla(sample.data, {});
    ASSERT_EQ(fit.status, FitStatus::kOk) << sample.name << ": " << fit.reason;
    EXPECT_NEAR(fit.law.alpha, kSmallLaw.alpha, 1e-6) << sample.name;
    EXPECT_NEAR(fit.law.beta, kSmallLaw.beta, 1e-6) << sample.name;
  }
}

/// What a design without competing sizes looks like to each law.
struct DesignCase {
  std::string name;
  std::vector<Observation> data;
  bool joint;  // whether Kaplan's joint law has an answer
};

std::vector<DesignCase> DesignCases() {
  std::vector<Observation> ladder;
  for (const double N : Doubling(1e4, 10)) {
    ladder.push_back(MakeObservation(N, 20 * N, Loss(kSmallLaw, N, 20 * N)));
  }
  auto twice = ladder;
  twice.insert(twice.end(), ladder.begin(), ladder.end());
  return {
      {"one run", Grid(1, 1), false},
      {"one size", Grid(1, 10), false},
      {"one number of tokens", Grid(10, 1), false},
      {"one run ten times", std::vector<Observation>(10, Grid(1, 1)[0]), false},
      {"the same loss everywhere", WithLoss([](auto&) { return 3.0; }), false},
      {"twenty tokens per parameter", ladder, true},
      {"twenty tokens per parameter, each run twice", twice, true}};
}

TEST(DegenerateFit, NoLawTakesADesignForAResult) {
  for (const DesignCase& sample : DesignCases()) {
    const auto envelope = FitEnvelope(sample.data);
    EXPECT_EQ(envelope.status, FitStatus::kUnsupported) << sample.name;
    EXPECT_FALSE(envelope.reason.empty()) << sample.name;
    const auto isoflop = FitIsoflop(sample.data);
    EXPECT_EQ(isoflop.status, FitStatus::kUnsupported) << sample.name;
    EXPECT_FALSE(isoflop.reason.empty()) << sample.name;
    const auto joint = FitKaplanJoint(sample.data);
    if (joint.status == FitStatus::kOk) {
      EXPECT_TRUE(sample.joint) << sample.name;
    } else {
      EXPECT_FALSE(joint.reason.empty()) << sample.name;
    }
  }
}

/// A sweep in other units: exponents must stay, and so must statuses.
std::vector<Observation> Rescaled(double N, double D, double L) {
  auto sweep = SmallSweep();
  for (Observation& o : sweep) {
    o.N *= N;
    o.D *= D;
    o.L *= L;
    o.C = SixND(o.N, o.D);
  }
  return sweep;
}

TEST(DegenerateFit, ApproachesOneAndTwoDoNotDependOnUnits) {
  const auto plain = FitIsoflop(SmallSweep());
  for (const auto& [N, D, L] :
       std::vector<std::tuple<double, double, double>>{{1e250, 1.0, 1.0},
                                                       {1e-250, 1.0, 1.0},
                                                       {1.0, 1e250, 1.0},
                                                       {1.0, 1.0, 1e300},
                                                       {1.0, 1.0, 1e-300}}) {
    const auto sweep = Rescaled(N, D, L);
    const auto isoflop = FitIsoflop(sweep);
    const auto akima = FitIsoflop(sweep, {.curve = IsoflopCurve::kAkima});
    if (isoflop.status == FitStatus::kOk) {
      EXPECT_NEAR(isoflop.a.value, plain.a.value, 1e-6);
    } else {
      EXPECT_FALSE(isoflop.reason.empty());
    }
    for (std::size_t i = 0; i < plain.budgets.size(); ++i) {
      EXPECT_EQ(isoflop.budgets[i].minimum, MinimumKind::kInterior);
      EXPECT_EQ(akima.budgets[i].minimum, MinimumKind::kInterior);
      EXPECT_NEAR(isoflop.budgets[i].params_opt->value /
                      plain.budgets[i].params_opt->value / N,
                  1.0, 1e-6);
    }
    const auto envelope = FitEnvelope(sweep);
    if (envelope.status == FitStatus::kOk) {
      EXPECT_NEAR(envelope.a.value, FitEnvelope(SmallSweep()).a.value, 1e-6);
    }
  }
}

TEST(DegenerateFit, EveryNumberOfKaplansLawsIsOne) {
  for (const auto& [N, D, L] :
       std::vector<std::tuple<double, double, double>>{{1e250, 1.0, 1.0},
                                                       {1e-250, 1.0, 1.0},
                                                       {1.0, 1.0, 1e300},
                                                       {1.0, 1.0, 1e-300}}) {
    const auto fit = FitKaplan(Rescaled(N, D, L), kSmallLaw);
    for (const KaplanCurve* curve : {&fit.L_N, &fit.L_D, &fit.L_C}) {
      if (curve->status != FitStatus::kOk) {
        EXPECT_FALSE(curve->reason.empty());
        continue;
      }
      EXPECT_TRUE(std::isnormal(curve->scale.value));
      EXPECT_TRUE(std::isnormal(curve->exponent.value));
    }
    if (fit.joint.status != FitStatus::kOk) {
      EXPECT_FALSE(fit.joint.reason.empty());
      continue;
    }
    EXPECT_TRUE(std::isnormal(fit.joint.N_c.value));
    EXPECT_TRUE(std::isnormal(fit.joint.D_c.value));
  }
}

TEST(DegenerateFit, AllocatesNoBudgetBeyondAllNumbers) {
  EXPECT_EQ(DefaultBudgets(1e20), (std::vector<double>{1e21, 1e22}));
  EXPECT_EQ(DefaultBudgets(1e307), (std::vector<double>{1e308}));
  EXPECT_TRUE(DefaultBudgets(1.7e308).empty());
}

TEST(DegenerateFit, NeedsMorePointsForStudentsT) {
  const auto ten = WithNoise(FirstOf(Grid(4, 4), 10), 0.01, 1);
  const auto fit = FitChinchilla(ten, {.loss = LossKind::kStudentT});
  EXPECT_EQ(fit.status, FitStatus::kUnsupported);
  EXPECT_NE(fit.reason.find("Student's t: at least 11"), std::string::npos)
      << fit.reason;
}

TEST(DegenerateFit, HasNoLawWhoseCoefficientsAreNoNumbers) {
  auto steep =
      FullGrid({.E = 1.0, .A = 1e4, .B = 100.0, .alpha = 2.5, .beta = 0.5},
               Doubling(10.0, 5), Doubling(1e4, 5));
  for (Observation& o : steep) o.N *= 1e200;
  const auto large = FitChinchilla(steep, {});
  EXPECT_EQ(large.status, FitStatus::kUnsupported);
  EXPECT_NE(large.reason.find("too large or too small"), std::string::npos)
      << large.reason;
  for (Observation& o : steep) o.N = o.N * 1e-200 * 1e-200;
  const auto small = FitChinchilla(steep, {});
  EXPECT_EQ(small.status, FitStatus::kUnsupported);
  EXPECT_NE(small.reason.find("too large or too small"), std::string::npos)
      << small.reason;
}

TEST(DegenerateFit, GivesFiniteNumbersForPureNoise) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto data = WithNoise(WithLoss([](auto&) { return 2.0; }), 0.3, seed);
    const auto fit = FitChinchilla(data, {});
    if (fit.status != FitStatus::kOk) continue;
    EXPECT_TRUE(std::isfinite(fit.law.A) && std::isfinite(fit.law.B));
    EXPECT_GE(fit.law.E, 0.0);
    EXPECT_GT(fit.law.alpha, 0.0);
    EXPECT_GT(fit.law.beta, 0.0);
  }
}

}  // namespace
}  // namespace isoflop
