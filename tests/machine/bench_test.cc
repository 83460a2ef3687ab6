#include "lib/machine/bench.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/scoped_env.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

BenchOptions WithTheFakeWorker() { return {.worker = {ISOFLOP_FAKE_WORKER}}; }

TEST(MeasureGroups, ReportsOnEveryGroup) {
  const TinySweep sweep;
  BenchOptions options = WithTheFakeWorker();
  options.at_a_time = 2;
  const BenchOutcome outcome = MeasureGroups(sweep.plan.groups, options);
  EXPECT_FALSE(outcome.signal.has_value());
  ASSERT_EQ(outcome.reports.size(), sweep.plan.groups.size());
  for (const BenchReport& report : outcome.reports) {
    EXPECT_EQ(report.tokens_per_second.median, 1e5);
    EXPECT_TRUE(report.profile.empty());
  }
}

TEST(MeasureGroups, PassesOnDeviceAndProfile) {
  const TinySweep sweep;
  BenchOptions options = WithTheFakeWorker();
  options.device = "cuda:1";
  options.profile = true;
  const auto reports = MeasureGroups(sweep.plan.groups, options).reports;
  EXPECT_EQ(reports.at(1).device["kind"], "cuda:1");
  EXPECT_EQ(reports.at(1).profile.size(), 1U);
}

TEST(MeasureGroups, SaysWhyAWorkerFailed) {
  const TinySweep sweep;
  const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "exit");
  EXPECT_ERROR(MeasureGroups(sweep.plan.groups, WithTheFakeWorker()),
               "bench: exited with status 3: the fan has stopped");
}

}  // namespace
}  // namespace isoflop
