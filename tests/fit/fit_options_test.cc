#include "analysis/fit/fit_options.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

TEST(FitOptions, AreValidByDefault) { EXPECT_NO_THROW(Validate({})); }

TEST(FitOptions, AreRefusedByTheNameOnTheCommandLine) {
  struct BadOption {
    std::function<void(FitOptions*)> set;
    std::string message;
  };
  const std::vector<BadOption> cases = {
      {[](auto* o) { o->laws.clear(); }, "--laws: names no law"},
      {[](auto* o) { o->objective.delta = 0.0; },
       "--delta: must be above 0, got 0"},
      {[](auto* o) { o->objective.delta = -1e-3; }, "got -0.001"},
      {[](auto* o) { o->objective.delta = NAN; }, "--delta: must be above 0"},
      {[](auto* o) { o->objective.delta = INFINITY; }, "got inf"},
      {[](auto* o) {
         o->objective.fixed = {{"alhpa", 0.3}};
       },
       "--fix: these laws have no coefficient \"alhpa\", only E, A, B, alpha, "
       "beta (did you mean 'alpha'?)"},
      {[](auto* o) {
         o->objective.fixed = {{"E", -0.1}};
       },
       "--fix: E must be 0 or more, got -0.1"},
      {[](auto* o) {
         o->objective.fixed = {{"E", NAN}};
       },
       "--fix: E must be 0 or more, got nan"},
      {[](auto* o) {
         o->objective.fixed = {{"A", 0.0}};
       },
       "--fix: A must be above 0, got 0"},
      {[](auto* o) {
         o->objective.fixed = {{"beta", INFINITY}};
       },
       "--fix: beta must be above 0, got inf"},
      {[](auto* o) {
         o->objective.tied_exponents = true;
         o->objective.fixed = {{"alpha", 0.3}, {"beta", 0.4}};
       },
       "--tied-exponents: alpha and beta are fixed at 0.3 and 0.4"},
      {[](auto* o) { o->drop_largest_loss = -1; },
       "--drop-largest-loss: must be from 0 to"},
      {[](auto* o) { o->bootstrap.resamples = -5; },
       "--bootstrap: must be from 0 to 1000000, got -5"},
      {[](auto* o) { o->bootstrap.resamples = 1000001; }, "got 1000001"},
      {[](auto* o) { o->bootstrap.threads = -2; },
       "--threads: must be from 0 to 4096, got -2"},
      {[](auto* o) { o->holdout_above = 0.0; },
       "--holdout-above: must be above 0, got 0"},
      {[](auto* o) {
         o->budgets_flops = {1e20, -1.0};
       },
       "--flops: must be above 0, got -1"},
  };
  for (const BadOption& bad : cases) {
    FitOptions options;
    bad.set(&options);
    EXPECT_ERROR(Validate(options), bad.message);
  }
}

TEST(FitOptions, MayFixEqualExponentsThatAreTied) {
  FitOptions options;
  options.objective.tied_exponents = true;
  options.objective.fixed = {{"alpha", 0.3}, {"beta", 0.3}, {"E", 0.0}};
  EXPECT_NO_THROW(Validate(options));
}

TEST(FitOptions, AreRefusedAllAtOnce) {
  FitOptions options;
  options.objective.delta = 0.0;
  options.bootstrap.threads = -1;
  EXPECT_ERROR(Validate(options), "--delta");
  EXPECT_ERROR(Validate(options), "--threads");
}

}  // namespace
}  // namespace isoflop
