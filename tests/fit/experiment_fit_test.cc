#include "analysis/fit/experiment_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "analysis/laws/emergence.h"

namespace isoflop {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

/// Sizes by lengths by dimensions, and what each run gave.
class Grid {
 public:
  using Value = std::function<double(double N, double D, int dimension)>;

  Grid(const std::vector<std::int64_t>& sizes,
       const std::vector<std::int64_t>& lengths,
       const std::vector<int>& dimensions, const Value& value) {
    for (const int dimension : dimensions) {
      for (const std::int64_t N : sizes) {
        RunGroup group;
        group.params = {.total = N, .non_embedding = N - 10};
        group.shape.d_model = N / 100;
        group.shape.layers = 2;
        group.training.batch_tokens = 1;
        group.variant = {{"data.dimension", dimension}};
        for (const std::int64_t D : lengths) {
          PlannedRun run;
          run.id = std::to_string(N) + "-" + std::to_string(D) + "-" +
                   std::to_string(dimension);
          run.tokens = D;
          run.flops = 6.0 * static_cast<double>(N * D);
          group.runs.push_back(run);
          RunResult result;
          result.id = run.id;
          result.loss =
              value(static_cast<double>(N), static_cast<double>(D), dimension);
          results_.push_back(result);
        }
        plan_.groups.push_back(group);
      }
    }
  }

  ExperimentFit Fit(const AnalysisRequest& request) const {
    return FitExperiments({request}, plan_, results_).front();
  }

  Plan& plan() { return plan_; }
  std::vector<RunResult>& results() { return results_; }

 private:
  Plan plan_;
  std::vector<RunResult> results_;
};

const std::vector<std::int64_t> kSizes = {1000, 2000, 4000, 8000, 16000, 32000};

double ValueOf(const CurveSeries& series, const std::string& coefficient) {
  for (const LawCoefficient& c : series.law->coefficients) {
    if (c.name == coefficient) return c.value;
  }
  return std::nan("");
}

TEST(Experiments, FitACurveForEverySettingThatIsNotX) {
  const Grid grid(kSizes, {5000}, {2, 4}, [](double N, double, int d) {
    return 3.0 * std::pow(N, -4.0 / d);
  });
  const ExperimentFit fit = grid.Fit({.name = "exponent",
                                      .law = AnalysisLaw::kPower,
                                      .value = "loss",
                                      .over = "params_total"});
  ASSERT_THAT(fit.series, SizeIs(2));
  EXPECT_EQ(fit.series[0].of["data.dimension"], 2);
  EXPECT_EQ(fit.series[0].of["tokens"], 5000);
  ASSERT_EQ(fit.series[0].status, FitStatus::kOk) << fit.series[0].reason;
  EXPECT_NEAR(ValueOf(fit.series[0], "e"), -2.0, 1e-9);
  EXPECT_NEAR(ValueOf(fit.series[1], "e"), -1.0, 1e-9);
}

TEST(Experiments, LetXBeAnAxisALengthOrAnotherNumber) {
  const Grid grid({1000, 2000}, {1000, 2000, 4000, 8000}, {1, 2, 3, 4},
                  [](double N, double D, int d) {
                    return std::pow(N, 0.5) * std::pow(D, -0.25) * d;
                  });
  AnalysisRequest request = {.name = "it",
                             .law = AnalysisLaw::kPower,
                             .value = "loss",
                             .over = "data.dimension"};
  ExperimentFit fit = grid.Fit(request);
  EXPECT_THAT(fit.series, SizeIs(8));  // sizes by lengths
  EXPECT_NEAR(ValueOf(fit.series[0], "e"), 1.0, 1e-9);
  request.over = "tokens";
  fit = grid.Fit(request);
  EXPECT_THAT(fit.series, SizeIs(8));  // sizes by dimensions
  EXPECT_NEAR(ValueOf(fit.series[0], "e"), -0.25, 1e-9);
  request.over = "flops_exact";  // any number of a result; there is none here
  fit = grid.Fit(request);
  EXPECT_EQ(fit.series[0].status, FitStatus::kUnsupported);
}

TEST(Experiments, LookAtTheRunsThatAreMeant) {
  const Grid grid(kSizes, {1000, 9000}, {2},
                  [](double N, double D, int) { return D / N; });
  const ExperimentFit fit = grid.Fit({.name = "it",
                                      .law = AnalysisLaw::kPower,
                                      .value = "loss",
                                      .over = "params_total",
                                      .of = {{"tokens", 9000}}});
  ASSERT_THAT(fit.series, SizeIs(1));
  EXPECT_NEAR(ValueOf(fit.series[0], "k"), 9000.0, 1e-5);
}

TEST(Experiments, FollowSizesThatEachHaveALengthOfTheirOwn) {
  Grid grid(kSizes, {1000}, {2}, [](double N, double, int) { return 1.0 / N; });
  for (RunGroup& group : grid.plan().groups) {
    group.runs[0].tokens = 20 * group.params.total;
  }
  const ExperimentFit fit = grid.Fit({.name = "it",
                                      .law = AnalysisLaw::kPower,
                                      .value = "loss",
                                      .over = "params_total"});
  ASSERT_THAT(fit.series, SizeIs(1));
  EXPECT_FALSE(fit.series[0].of.contains("tokens"));
  EXPECT_NEAR(ValueOf(fit.series[0], "e"), -1.0, 1e-9);
}

TEST(Experiments, KeepLengthsApartWhateverHasEnded) {
  Grid grid(kSizes, {1000, 2000}, {2},
            [](double N, double D, int) { return D / N; });
  // Of each length one size has ended.
  grid.results() = {grid.results()[0], grid.results()[3]};
  const ExperimentFit fit = grid.Fit({.name = "it",
                                      .law = AnalysisLaw::kPower,
                                      .value = "loss",
                                      .over = "params_total"});
  ASSERT_THAT(fit.series, SizeIs(2));
  EXPECT_EQ(fit.series[0].missing, 5);
}

TEST(Experiments, KeepBudgetsApart) {
  Grid grid(kSizes, {1, 2}, {2}, [](double N, double D, int) { return D / N; });
  for (RunGroup& group : grid.plan().groups) {
    for (std::size_t i = 0; i < 2; ++i) {
      group.runs[i].budget_flops = i == 0 ? 1e9 : 2e9;
      group.runs[i].tokens =
          static_cast<std::int64_t>(*group.runs[i].budget_flops / 6.0 /
                                    static_cast<double>(group.params.total));
    }
  }
  const ExperimentFit fit = grid.Fit({.name = "it",
                                      .law = AnalysisLaw::kPower,
                                      .value = "loss",
                                      .over = "params_total"});
  ASSERT_THAT(fit.series, SizeIs(2));
  EXPECT_EQ(fit.series[1].of["budget_flops"], 2e9);
  EXPECT_THAT(fit.series[1].points, SizeIs(6));
}

TEST(Experiments, TellSizesApartByTheirHeads) {
  Grid grid({1000, 1001}, {100, 200, 400}, {2},
            [](double N, double D, int) { return N / D; });
  grid.plan().groups[0].shape.heads = 1;
  grid.plan().groups[1].shape.heads = 4;
  const ExperimentFit fit = grid.Fit({.name = "it",
                                      .law = AnalysisLaw::kPower,
                                      .value = "loss",
                                      .over = "tokens"});
  ASSERT_THAT(fit.series, SizeIs(2));
  EXPECT_EQ(fit.series[1].of["heads"], 4);
}

TEST(Experiments, FindTheTopOfAnAbilityThatIsMostlyNotThere) {
  const Logistic law{.top = 0.8, .critical = 20000.0, .steepness = 9.0};
  const Grid grid({1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000}, {1000},
                  {2}, [&](double N, double, int) {
                    return N < 9000.0 ? 0.0 : Evaluate(law, N);
                  });
  const ExperimentFit fit = grid.Fit({.name = "critical",
                                      .law = AnalysisLaw::kLogistic,
                                      .value = "loss",
                                      .over = "params_total"});
  ASSERT_EQ(fit.series[0].status, FitStatus::kOk) << fit.series[0].reason;
  EXPECT_NEAR(ValueOf(fit.series[0], "top"), 0.8, 1e-3);
  EXPECT_NEAR(ValueOf(fit.series[0], "critical") / 20000.0, 1.0, 1e-2);
}

TEST(Experiments, FindACriticalSizeAmongZerosAndOnes) {
  const Logistic law{.top = 1.0, .critical = 5000.0, .steepness = 6.0};
  const Grid grid(kSizes, {1000}, {2}, [&](double N, double, int) {
    return N < 1500.0 ? 0.0 : Evaluate(law, N);
  });
  const ExperimentFit fit = grid.Fit({.name = "critical",
                                      .law = AnalysisLaw::kLogistic,
                                      .value = "loss",
                                      .over = "params_total",
                                      .fixed = {{"top", 1.0}}});
  ASSERT_EQ(fit.series[0].status, FitStatus::kOk) << fit.series[0].reason;
  EXPECT_NEAR(ValueOf(fit.series[0], "critical") / 5000.0, 1.0, 1e-3);
  EXPECT_NEAR(ValueOf(fit.series[0], "steepness"), 6.0, 0.02);
  EXPECT_EQ(ValueOf(fit.series[0], "top"), 1.0);
}

TEST(Experiments, RecoverAPlantedProductOfSkills) {
  const SkillProduct law{.top = 0.9, .scale = 7000.0, .skills = 5.0};
  const Grid grid(kSizes, {1000}, {2},
                  [&](double N, double, int) { return Evaluate(law, N); });
  const ExperimentFit fit = grid.Fit({.name = "product",
                                      .law = AnalysisLaw::kSkillProduct,
                                      .value = "loss",
                                      .over = "params_total"});
  ASSERT_EQ(fit.series[0].status, FitStatus::kOk) << fit.series[0].reason;
  EXPECT_NEAR(ValueOf(fit.series[0], "scale") / law.scale, 1.0, 1e-5);
  EXPECT_NEAR(ValueOf(fit.series[0], "skills"), law.skills, 1e-4);
  EXPECT_NEAR(ValueOf(fit.series[0], "top"), law.top, 1e-5);
}

TEST(Experiments, PredictLargerModelsFromSmallerOnes) {
  const Grid grid(kSizes, {1000}, {2},
                  [](double N, double, int) { return 100.0 / N; });
  const ExperimentFit fit = grid.Fit({.name = "it",
                                      .law = AnalysisLaw::kPower,
                                      .value = "loss",
                                      .over = "params_total",
                                      .up_to = 8000.0});
  const auto& points = fit.series[0].points;
  ASSERT_THAT(points, SizeIs(6));
  EXPECT_EQ(fit.series[0].law->points, 4);
  EXPECT_FALSE(points[3].predicted.has_value());
  EXPECT_NEAR(points[5].predicted.value(), 100.0 / 32000.0, 1e-9);
}

TEST(Experiments, FindWhereACurvePassesANumber) {
  const Grid grid({1000}, {100, 200, 400, 800}, {2},
                  [](double, double D, int) { return D < 300 ? 0.2 : 0.8; });
  const ExperimentFit fit = grid.Fit({.name = "learned",
                                      .law = AnalysisLaw::kCrossing,
                                      .value = "loss",
                                      .over = "tokens",
                                      .passes = 0.5});
  ASSERT_TRUE(fit.series[0].crossing.has_value()) << fit.series[0].reason;
  EXPECT_EQ(fit.series[0].crossing->before, 200.0);
  EXPECT_EQ(fit.series[0].crossing->after, 400.0);
  EXPECT_NEAR(fit.series[0].crossing->x, std::sqrt(200.0 * 400.0), 1e-9);
  EXPECT_FALSE(fit.series[0].crossing->downwards);
}

TEST(Experiments, FindWhereACurvePassesAnotherAndTakeTheMeanOfSeeds) {
  Grid grid({1000}, {100, 200, 400}, {2},
            [](double, double D, int) { return 500.0 / D; });
  RunGroup other = grid.plan().groups[0];
  other.seed = 1;
  for (PlannedRun& run : other.runs) {
    run.id += "-again";
    RunResult result;
    result.id = run.id;
    result.loss = 500.0 / static_cast<double>(run.tokens) + 0.1;
    grid.results().push_back(result);
  }
  grid.plan().groups.push_back(other);
  for (RunResult& result : grid.results()) {
    result.probes = {{"bigram", {{"loss", 2.0}}}};
  }
  AnalysisRequest request = {.name = "passed",
                             .law = AnalysisLaw::kCrossing,
                             .value = "loss",
                             .over = "tokens",
                             .passes = std::string("probes.bigram.loss")};
  const ExperimentFit fit = grid.Fit(request);
  ASSERT_THAT(fit.series, SizeIs(1));
  EXPECT_THAT(fit.series[0].points, SizeIs(6));
  ASSERT_TRUE(fit.series[0].crossing.has_value());
  EXPECT_TRUE(fit.series[0].crossing->downwards);
  EXPECT_EQ(fit.series[0].crossing->before, 200.0);
  request.passes = 9.0;
  EXPECT_EQ(grid.Fit(request).series[0].reason,
            "y never rises to the value at which it is to cross");
}

TEST(Experiments, SayHowMuchLargerAnotherCurveHasToBe) {
  // The second needs three times the size for the same loss.
  const Grid grid(kSizes, {1000}, {1, 2}, [](double N, double, int d) {
    return 1.0 + std::pow(d == 1 ? N : N / 3.0, -0.5);
  });
  const ExperimentFit fit = grid.Fit({.name = "worth",
                                      .law = AnalysisLaw::kEquivalent,
                                      .value = "loss",
                                      .over = "params_total",
                                      .against = {{"data.dimension", 2}}});
  ASSERT_TRUE(fit.series[0].equivalence.has_value());
  const Equivalence& worth = *fit.series[0].equivalence;
  EXPECT_EQ(worth.runs, 4);  // the largest two lie below the other curve
  EXPECT_NEAR(worth.ratio, 3.0, 0.1);
  EXPECT_LT(*worth.low, worth.ratio);
  EXPECT_GT(*worth.high, worth.ratio);
  EXPECT_EQ(fit.series[1].reason,
            "the other curves are compared with this one");
}

TEST(Experiments, SayWhyCurvesCannotBeCompared) {
  const Grid grid(kSizes, {1000}, {1, 2}, [](double N, double, int d) {
    return static_cast<double>(d) + 0.1 / N;
  });
  AnalysisRequest request = {.name = "worth",
                             .law = AnalysisLaw::kEquivalent,
                             .value = "loss",
                             .over = "params_total",
                             .against = {{"data.dimension", 2}}};
  EXPECT_EQ(grid.Fit(request).series[0].reason,
            "no run has a y that the other curve reaches");
  request.against = {{"data.dimension", 3}};
  EXPECT_EQ(grid.Fit(request).series[0].reason,
            "there is no other curve to compare with");
}

TEST(Experiments, CountRunsThatHaveNoSuchNumber) {
  Grid grid(kSizes, {1000}, {2}, [](double N, double, int) { return 1.0 / N; });
  grid.results()[0].status = RunStatus::kDiverged;
  grid.results()[1].loss = -1.0;
  const AnalysisRequest request = {.name = "it",
                                   .law = AnalysisLaw::kPower,
                                   .value = "loss",
                                   .over = "params_total"};
  ExperimentFit fit = grid.Fit(request);
  EXPECT_EQ(fit.series[0].missing, 1);
  EXPECT_EQ(fit.series[0].left_out, 1);
  EXPECT_EQ(fit.series[0].law->points, 4);
  grid.results().clear();
  fit = grid.Fit(request);
  EXPECT_EQ(fit.series[0].missing, 6);
  EXPECT_EQ(fit.series[0].status, FitStatus::kUnsupported);
  EXPECT_EQ(fit.series[0].reason, "no run has both x and y");
}

TEST(Experiments, SayWhyACurveIsTooShort) {
  const Grid grid({1000, 2000}, {1000}, {2},
                  [](double N, double, int) { return 1.0 / N; });
  const ExperimentFit fit = grid.Fit({.name = "it",
                                      .law = AnalysisLaw::kFallingPower,
                                      .value = "loss",
                                      .over = "params_total"});
  EXPECT_EQ(fit.series[0].status, FitStatus::kUnsupported);
  EXPECT_THAT(fit.series[0].reason, HasSubstr("2"));
}

}  // namespace
}  // namespace isoflop
