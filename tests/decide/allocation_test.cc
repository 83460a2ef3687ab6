#include "analysis/decide/allocation.h"

#include <gtest/gtest.h>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

std::vector<Allocation> Allocated(std::span<const double> budgets,
                                  std::span<const Chinchilla> resampled = {}) {
  return Allocate(LawBasis{.law = kSmallLaw,
                           .resampled = resampled,
                           .largest_flops = 1e13,
                           .noise95 = {}},
                  budgets);
}

TEST(Allocation, IsTheOptimumOfTheLaw) {
  const std::vector<double> budgets = {1e12, 1e14};
  const auto allocations = Allocated(budgets);
  ASSERT_EQ(allocations.size(), 2U);
  const Optimum best = OptimumAt(kSmallLaw, 1e14);
  EXPECT_EQ(allocations[1].flops, 1e14);
  EXPECT_DOUBLE_EQ(allocations[1].params_opt.value, best.N);
  EXPECT_DOUBLE_EQ(allocations[1].tokens_opt.value, best.D);
  EXPECT_DOUBLE_EQ(allocations[1].tokens_per_param.value, best.D / best.N);
  EXPECT_DOUBLE_EQ(allocations[1].loss.value, best.loss);
}

TEST(Allocation, SaysHowFarItExtrapolates) {
  const std::vector<double> budgets = {1e12, 1e13, 1e15};
  const auto allocations = Allocated(budgets);
  EXPECT_EQ(allocations[0].extrapolation_decades, 0.0);
  EXPECT_EQ(allocations[1].extrapolation_decades, 0.0);
  EXPECT_DOUBLE_EQ(*allocations[2].extrapolation_decades, 2.0);
}

TEST(Allocation, SpreadsOverTheResampledLaws) {
  std::vector<Chinchilla> laws(41, kSmallLaw);
  for (std::size_t i = 0; i < laws.size(); ++i) {
    laws[i].E = 1.0 + 0.01 * static_cast<double>(i);
  }
  const std::vector<double> budgets = {1e12};
  const auto allocations = Allocated(budgets, laws);
  const double reducible = OptimumAt(kSmallLaw, 1e12).loss - kSmallLaw.E;
  ASSERT_TRUE(allocations[0].loss.spread.has_value());
  const Interval percentiles = allocations[0].loss.spread->percentile95;
  EXPECT_NEAR(percentiles.low, reducible + 1.01, 1e-12);
  EXPECT_NEAR(percentiles.high, reducible + 1.39, 1e-12);
  EXPECT_NEAR(allocations[0].params_opt.spread->standard_error, 0.0, 1e-6);
}

TEST(Allocation, HasNoSpreadWithoutResampledLaws) {
  const std::vector<double> budgets = {1e12};
  const auto allocations = Allocated(budgets);
  EXPECT_FALSE(allocations[0].params_opt.spread.has_value());
}

}  // namespace
}  // namespace isoflop
