// What is said of tables that are not what they seem. Each case is one of a
// kind: numbers are made here, with the property that a real file had.

#include "analysis/report/table_warnings.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "analysis/fit/fit.h"
#include "analysis/observe/observation_reader.h"
#include "analysis/report/fit_words.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr Chinchilla kLaw{
    .E = 1.7, .A = 400.0, .B = 410.0, .alpha = 0.34, .beta = 0.28};

/// A table of isoFLOP profiles, each row as `row` writes it.
std::string Csv(const std::string& header, auto row) {
  std::string text = header + "\n";
  const auto runs = WithNoise(
      IsoflopGrid(kLaw, {1e18, 3e18, 1e19, 3e19, 1e20}, 6, 4.0), 0.002, 9);
  for (std::size_t i = 0; i < runs.size(); ++i) text += row(runs[i], i) + "\n";
  return text;
}

std::vector<std::string> Warnings(const std::string& csv,
                                  const TableOptions& options = {}) {
  FitOptions fit;
  fit.laws = {LawKind::kChinchilla};
  fit.bootstrap.resamples = 0;
  return InWords(
             FitScalingLaws(ParseObservations(csv, "t.csv", options).set, fit))
      .warnings;
}

std::string Row(double N, double D, double L) {
  return fmt::format("{:.10g},{:.10g},{:.6g}", N, D, L);
}

std::string Plain(const Observation& o, std::size_t /*i*/) {
  return Row(o.N, o.D, o.L);
}

TEST(TableWarnings, SayThatDataWereRepeated) {
  const auto with_epochs = [](double most) {
    return Csv("N,D,L,epochs", [most](const Observation& o, std::size_t i) {
      return fmt::format("{},{}", Row(o.N, o.D, o.L), i == 3 ? most : 1.0);
    });
  };
  EXPECT_THAT(Warnings(with_epochs(14.9)),
              Contains(HasSubstr("1 run of 30 saw the data more than 4 times, "
                                 "up to 14.9: ")));
  EXPECT_THAT(Warnings(with_epochs(14.9)),
              Contains(HasSubstr("fit --laws repeated_data too")));
  EXPECT_THAT(Warnings(with_epochs(4.0)),
              Not(Contains(HasSubstr("saw the data"))));
}

TEST(TableWarnings, AreNoneForACleanTable) {
  EXPECT_THAT(Warnings(Csv("N,D,L", Plain)),
              AllOf(Not(Contains(HasSubstr("no noise of the others"))),
                    Not(Contains(HasSubstr("tokens per parameter"))),
                    Not(Contains(HasSubstr("several experiments"))),
                    Not(Contains(HasSubstr("no repeats")))));
}

TEST(TableWarnings, NameARunThatDivergedWithItsLine) {
  const auto csv = Csv("N,D,L", [](const Observation& o, std::size_t i) {
    return Row(o.N, o.D, i == 17 ? 9.5 : o.L);
  });
  EXPECT_THAT(Warnings(csv),
              Contains(AllOf(HasSubstr("1 run of 30 lies where"),
                             HasSubstr("line 19 ("), HasSubstr("loss 9.5"),
                             HasSubstr("--drop 19"))));
  EXPECT_THAT(Warnings(csv, {.choice = {.drop = {{19, 19}}}}),
              Not(Contains(HasSubstr("no noise of the others"))));
}

TEST(TableWarnings, SayThatMillionsAreNoParametersAndHowToSaySo) {
  const auto csv = Csv("N,D,L", [](const Observation& o, std::size_t) {
    return Row(o.N / 1e6, o.D, o.L);
  });
  EXPECT_THAT(Warnings(csv), Contains(HasSubstr("tokens per parameter")));
  EXPECT_THAT(Warnings(csv, {.columns = {{"params", "N*1e6"}}}),
              Not(Contains(HasSubstr("tokens per parameter"))));
}

TEST(TableWarnings, SayThatBillionsAreNoTokens) {
  EXPECT_THAT(Warnings(Csv("N,D,L",
                           [](const Observation& o, std::size_t) {
                             return Row(o.N, o.D / 1e9, o.L);
                           })),
              Contains(HasSubstr("tokens per parameter")));
}

TEST(TableWarnings, SayThatBothAreInMillions) {
  EXPECT_THAT(Warnings(Csv("N,D,L",
                           [](const Observation& o, std::size_t) {
                             return Row(o.N / 1e7, o.D / 1e7, o.L);
                           })),
              Contains(HasSubstr("no language model has so few")));
}

TEST(TableWarnings, SayThatPerplexitiesAreNoNats) {
  const auto csv = Csv("N,D,L", [](const Observation& o, std::size_t) {
    return Row(o.N, o.D, std::exp(o.L));
  });
  EXPECT_THAT(Warnings(csv), Contains(HasSubstr("--loss-unit perplexity")));
  EXPECT_THAT(Warnings(csv, {.loss = {.unit = TableLoss::kPerplexity}}),
              Not(Contains(HasSubstr("cannot be nats"))));
}

TEST(TableWarnings, HoldBudgetsAgainstCompute) {
  const auto csv =
      Csv("N,D,L,budget_flops", [](const Observation& o, std::size_t) {
        return Row(o.N, o.D, o.L) + ",1";
      });
  EXPECT_THAT(Warnings(csv),
              Contains(HasSubstr("times the compute of the runs")));
  const auto right =
      Csv("N,D,L,budget_flops", [](const Observation& o, std::size_t) {
        return Row(o.N, o.D, o.L) + fmt::format(",{:.3g}", 1.1 * o.C);
      });
  EXPECT_THAT(Warnings(right),
              Not(Contains(HasSubstr("times the compute of the runs"))));
}

TEST(TableWarnings, SayThatLearningRatesArePooled) {
  const auto csv = Csv("N,D,L,lr", [](const Observation& o, std::size_t) {
    return Row(o.N, o.D, o.L) + ",a\n" + Row(o.N, o.D, 1.1 * o.L) + ",b\n" +
           Row(o.N, o.D, 1.3 * o.L) + ",c";
  });
  EXPECT_THAT(Warnings(csv),
              Contains(AllOf(HasSubstr("runs at the same (N, D) differ in lr"),
                             HasSubstr("30 % in the median of 30 places"),
                             HasSubstr("--best-of lr"))));
  EXPECT_THAT(Warnings(csv, {.best_of = {"lr"}}),
              Not(Contains(HasSubstr("differ in lr"))));
}

TEST(TableWarnings, NameTheColumnOfSeveralExperiments) {
  const auto csv = Csv("N,D,L,regime", [](const Observation& o, std::size_t i) {
    const bool other = i % 7 == 2;
    return Row(o.N, o.D, other ? 1.09 * o.L : o.L) + (other ? ",2" : ",1");
  });
  EXPECT_THAT(Warnings(csv), Contains(AllOf(HasSubstr("regime=2 lie"),
                                            HasSubstr("above the curve"))));
}

TEST(TableWarnings, SayThatCheckpointsShareTheirRun) {
  RandomStream stream(4);
  std::string csv = "run,N,D,L\n";
  for (int run = 0; run < 12; ++run) {
    const double N = 3e7 * std::pow(3.0, run / 3);
    const double error = 0.01 * stream.Normal();
    for (int k = 1; k <= 20; ++k) {
      const double D = N * k * (1 << (run % 3));
      csv += fmt::format("run{},{}\n", run,
                         Row(N, D, Loss(kLaw, N, D) * std::exp(error)));
    }
  }
  const auto warnings = Warnings(csv);
  EXPECT_THAT(warnings,
              Contains(AllOf(HasSubstr("the 12 values of run have 20"),
                             HasSubstr("--column group=run"))));
  EXPECT_THAT(warnings, Not(Contains(HasSubstr("no repeats"))));
}

}  // namespace
}  // namespace isoflop
