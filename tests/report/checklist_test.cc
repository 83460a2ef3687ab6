#include "analysis/report/checklist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/fit/fit.h"
#include "analysis/report/fit_words.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Three decades of C, seven sizes a budget, two seeds, nothing to complain of.
std::vector<Observation> GoodRuns() {
  std::vector<Observation> runs;
  for (int seed = 0; seed < 2; ++seed) {
    auto exact = IsoflopGrid(kSmallLaw, {1e11, 1e12, 1e13, 1e14}, 7, 3.0);
    for (Observation& o : exact) o.seed = seed;
    exact = WithNoise(exact, 0.002, 40 + static_cast<std::uint64_t>(seed));
    runs.insert(runs.end(), exact.begin(), exact.end());
  }
  return runs;
}

FitReport Fit(const ObservationSet& set, std::vector<double> budgets = {},
              int resamples = 60) {
  FitOptions options;
  options.laws = {LawKind::kChinchilla};
  options.bootstrap = {
      .resamples = resamples, .unit = {}, .seed = 1, .threads = 1};
  options.budgets_flops = std::move(budgets);
  return InWords(FitScalingLaws(set, options));
}

std::vector<std::string> Warnings(std::vector<Observation> runs,
                                  std::vector<double> budgets = {}) {
  return Fit(MakeSet(std::move(runs)), std::move(budgets), 0).warnings;
}

TEST(Checklist, HasNothingToSayOfAGoodSweep) {
  ObservationSet set = MakeSet(GoodRuns());
  set.learning_rates = LearningRates{3, 3, 3};
  const FitReport report = Fit(set, {1e16});
  EXPECT_THAT(ChecklistWarnings(report), IsEmpty());
  EXPECT_THAT(DiagnosticWarnings(report), IsEmpty());
}

TEST(Checklist, NamesRowsThatAreThereTwice) {
  auto runs = GoodRuns();
  EXPECT_THAT(Warnings(runs), Not(Contains(HasSubstr("of another"))));
  runs.push_back(runs.front());
  EXPECT_THAT(Warnings(runs), Contains(HasSubstr("1 of 57 runs have the N, D, "
                                                 "loss and seed of another")));
}

TEST(Checklist, NamesCountsThatCannotBeCounts) {
  auto runs = GoodRuns();
  for (Observation& o : runs) {
    o.N /= 1e9;
    o.D /= 1e9;
    o.C /= 1e18;
  }
  EXPECT_THAT(Warnings(runs), Contains(HasSubstr("N or D is below 1")));
}

TEST(Checklist, NamesTooFewSizes) {
  const auto four = FullGrid(kSmallLaw, {1e4, 3e4, 1e5, 3e5}, Doubling(1e6, 8));
  const auto five =
      FullGrid(kSmallLaw, {1e4, 3e4, 1e5, 3e5, 1e6}, Doubling(1e6, 8));
  const auto warning = HasSubstr("N has only 4 different values");
  EXPECT_THAT(Warnings(four), Contains(warning));
  EXPECT_THAT(Warnings(five), Not(Contains(HasSubstr("different values"))));
}

TEST(Checklist, NamesANarrowRange) {
  const auto narrow = Warnings(
      FullGrid(kSmallLaw, {1e4, 1.5e4, 2e4, 3e4, 5e4}, Doubling(1e6, 8)));
  EXPECT_THAT(narrow, Contains(HasSubstr("N ranges only from 1e+04 to 5e+04, "
                                         "5.0 times or 0.70 decades")));
  EXPECT_THAT(narrow, Not(Contains(HasSubstr("D ranges only"))));
  EXPECT_THAT(narrow, Not(Contains(HasSubstr("C ranges only"))));
  const auto short_D =
      Warnings(FullGrid(kSmallLaw, Doubling(1e4, 6), {1e6, 2e6, 4e6}));
  EXPECT_THAT(short_D, Contains(HasSubstr("D ranges only")));
}

TEST(Checklist, NamesTooFewRunsForTheCoefficients) {
  const auto few =
      Warnings(FullGrid(kSmallLaw, Doubling(1e4, 5), {1e6, 4e6, 2e7}));
  EXPECT_THAT(few, Contains(HasSubstr("15 runs for 5 coefficients, 3.0 each")));
  EXPECT_THAT(Warnings(SmallSweep()), Not(Contains(HasSubstr("coefficients"))));
}

TEST(Checklist, NamesMixedConventions) {
  auto runs = SmallSweep();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].params_total = (i < 10 ? 1.0 : 1.5) * runs[i].N;
    runs[i].params_non_embedding = (i < 10 ? 0.7 : 1.0) * runs[i].N;
  }
  EXPECT_THAT(Warnings(runs),
              Contains(HasSubstr("N counts all parameters in 10 runs and "
                                 "non-embedding parameters in 32")));
  for (Observation& o : runs) o.params_total = o.N;
  for (Observation& o : runs) o.params_non_embedding = 0.5 * o.N;
  EXPECT_THAT(Warnings(runs), Not(Contains(HasSubstr("mixed"))));
}

std::vector<std::string> WarningsWithRates(const LearningRates& rates) {
  ObservationSet set = MakeSet(GoodRuns());
  set.learning_rates = rates;
  return Fit(set, {}, 0).warnings;
}

TEST(Checklist, NamesOneLearningRateForSizesThatDiffer) {
  EXPECT_THAT(WarningsWithRates({1, 1, 1}),
              Contains(HasSubstr("un-tuned learning rate: one for all sizes")));
  EXPECT_THAT(Warnings(GoodRuns()), Not(Contains(HasSubstr("learning rate"))));
  ObservationSet one_size = MakeSet(
      FullGrid(kSmallLaw, {1e4, 1.2e4, 1.4e4, 1.6e4, 1.9e4}, Doubling(1e6, 8)));
  one_size.learning_rates = LearningRates{1, 1, 1};
  EXPECT_THAT(Fit(one_size, {}, 0).warnings,
              Not(Contains(HasSubstr("learning rate"))));
}

TEST(Checklist, NamesLearningRatesThatWereNotChecked) {
  EXPECT_THAT(WarningsWithRates({7, 1, 1}),
              Contains(HasSubstr("1 at the smallest and 1 at the largest")));
  EXPECT_THAT(WarningsWithRates({3, 3, 1}),
              Contains(HasSubstr("3 at the smallest and 1 at the largest")));
  EXPECT_THAT(WarningsWithRates({5, 3, 3}),
              Not(Contains(HasSubstr("learning rate"))));
}

TEST(Checklist, NamesSeedsThatChangeNothing) {
  auto runs = SmallSweep();
  for (Observation& o : runs) o.seed = 0;
  auto again = runs;
  for (Observation& o : again) o.seed = 1;
  runs.insert(runs.end(), again.begin(), again.end());
  const auto warnings = Warnings(runs);
  EXPECT_THAT(warnings,
              Contains(HasSubstr("42 different (N, D) were trained at "
                                 "two seeds or more, and all seeds")));
  EXPECT_THAT(warnings, Not(Contains(HasSubstr("none of"))));
}

TEST(Checklist, NamesSeedsThatWereNotRepeated) {
  EXPECT_THAT(Warnings(SmallSweep()),
              Contains(HasSubstr("none of 42 different (N, D) was trained at "
                                 "two seeds")));
  EXPECT_THAT(Warnings(GoodRuns()), Not(Contains(HasSubstr("two seeds"))));
  FitOptions options;
  options.bootstrap.resamples = 0;
  options.seed_noise = 0.01;
  EXPECT_THAT(InWords(FitScalingLaws(MakeSet(SmallSweep()), options)).warnings,
              Not(Contains(HasSubstr("two seeds"))));
}

TEST(Checklist, NamesBudgetsFartherOffThanTheDataReach) {
  EXPECT_THAT(Warnings(GoodRuns(), {1e16, 1e18}),
              Contains(HasSubstr("C = 1e+18 lies 4.00 decades beyond the data, "
                                 "which themselves reach over 3.00")));
  EXPECT_THAT(Warnings(GoodRuns(), {9e16}),
              Not(Contains(HasSubstr("decades beyond"))));
}

TEST(DiagnosticWarnings, NameResidualsThatGoWithAQuantity) {
  auto runs = FullGrid(kSmallLaw, Doubling(1e4, 7), Doubling(1e6, 7));
  for (Observation& o : runs) {
    const double x = std::log(o.D / o.N);
    o.L *= std::exp(0.01 * std::sin(x));
  }
  EXPECT_THAT(Warnings(runs), Contains(HasSubstr("residuals go with")));
}

TEST(DiagnosticWarnings, NameALawThatMissesByMoreThanSeeds) {
  auto runs = GoodRuns();
  for (Observation& o : runs) {
    const double x = std::log(o.D / o.N);
    o.L *= std::exp(0.02 * std::sin(2.0 * x));
  }
  EXPECT_THAT(Warnings(runs), Contains(HasSubstr("the law misses by")));
}

TEST(DiagnosticWarnings, NameAFewRunsThatMoveAnExponent) {
  auto runs = SmallSweep();
  runs = WithNoise(runs, 0.0005, 4);
  runs.front().L *= 1.2;
  FitOptions options;
  options.laws = {LawKind::kChinchilla};
  options.objective.loss = LossKind::kL2;
  options.bootstrap.resamples = 0;
  FitReport report = FitScalingLaws(MakeSet(runs), options);
  ChinchillaBootstrap& bootstrap = report.chinchilla_bootstrap.emplace();
  bootstrap.alpha.standard_error = bootstrap.beta.standard_error = 1e-3;
  EXPECT_THAT(
      DiagnosticWarnings(report),
      Contains(HasSubstr(
          "without the run with the largest residual, alpha would be")));
  bootstrap.alpha.standard_error = bootstrap.beta.standard_error = 10.0;
  EXPECT_THAT(DiagnosticWarnings(report),
              Not(Contains(HasSubstr("with the largest residual"))));
}

}  // namespace
}  // namespace isoflop
