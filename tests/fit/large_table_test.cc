// A table of 100,000 rows, from its text to a certified law.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iterator>
#include <string>

#include "analysis/observe/observation_reader.h"
#include "analysis/regress/chinchilla_fit.h"
#include "tests/regress/synthetic.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

constexpr int kRows = 100'000;

/// Runs around the optimum of budgets of three decades, with noise of .4 %.
std::string LargeCsv() {
  RandomStream stream(2);
  std::string csv = "seed,loss,params,tokens\n";
  for (int i = 0; i < kRows; ++i) {
    const double C = 1e11 * std::pow(1000.0, stream.Uniform());
    const double N = OptimumAt(kSmallLaw, C).N * std::exp(stream.Normal());
    const double D = C / (6.0 * N);
    const double L = Loss(kSmallLaw, N, D) * std::exp(0.004 * stream.Normal());
    fmt::format_to(std::back_inserter(csv), "{},{},{},{}\n", i % 7, L, N, D);
  }
  return csv;
}

// Exponents are held, so that the fit is of three coefficients from two starts
// and quick without optimisation too; the benchmark has the one of five.
TEST(LargeTable, IsReadAndFittedToItsLaw) {
  const TempDir dir;
  dir.Write("large.csv", LargeCsv());
  const ObservationSet set = ReadObservations(dir / "large.csv");
  ASSERT_EQ(set.rows.size(), static_cast<std::size_t>(kRows));
  EXPECT_EQ(set.rows.back().seed, (kRows - 1) % 7);
  ObjectiveOptions objective;
  objective.fixed = {{"alpha", kSmallLaw.alpha}, {"beta", kSmallLaw.beta}};
  const ChinchillaFit fit = FitChinchilla(set.rows, objective);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_TRUE(fit.certificate.certified());
  EXPECT_NEAR(fit.law.E, kSmallLaw.E, 2e-4);
  EXPECT_NEAR(fit.law.A / kSmallLaw.A, 1.0, 2e-3);
  EXPECT_NEAR(fit.law.B / kSmallLaw.B, 1.0, 2e-3);
}

}  // namespace
}  // namespace isoflop
