#include "lib/core/worker_environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/scoped_env.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Not;
using testing::StartsWith;

TEST(WorkerEnvironment, KeepsAWorkerToOneThread) {
  const auto environment = WorkerEnvironment({"HOME=/root"});
  EXPECT_THAT(environment, Contains("HOME=/root"));
  EXPECT_THAT(environment, Contains("OMP_NUM_THREADS=1"));
  EXPECT_THAT(environment, Contains("OPENBLAS_NUM_THREADS=1"));
  EXPECT_THAT(environment, Contains("MKL_NUM_THREADS=1"));
  EXPECT_THAT(environment, Contains("OMP_WAIT_POLICY=passive"));
}

TEST(WorkerEnvironment, KeepsWhatTheUserHasSet) {
  const auto environment =
      WorkerEnvironment({"OMP_NUM_THREADS=4", "ATEN_CPU_CAPABILITY=default"});
  EXPECT_THAT(environment, Contains("OMP_NUM_THREADS=4"));
  EXPECT_THAT(environment, Each(Not("OMP_NUM_THREADS=1")));
  EXPECT_THAT(environment, Each(Not("ATEN_CPU_CAPABILITY=avx512")));
}

TEST(WorkerEnvironment, IsNotMisledByALongerName) {
  EXPECT_THAT(WorkerEnvironment({"OMP_NUM_THREADS_LIMIT=4"}),
              Contains("OMP_NUM_THREADS=1"));
}

TEST(WorkerEnvironment, HasWhatElseIsAskedFor) {
  EXPECT_THAT(
      WorkerEnvironment({"A=1"}, {"A=2", "B=3", "OMP_NUM_THREADS=2"}),
      AllOf(Contains("A=1"), Contains("B=3"), Not(Contains("A=2")),
            Contains("OMP_NUM_THREADS=2"), Not(Contains("OMP_NUM_THREADS=1"))));
}

TEST(OwnEnvironment, IsWhatIsSet) {
  const ScopedEnv variable("ISOFLOP_TEST_VARIABLE", "a=b");
  EXPECT_THAT(OwnEnvironment(), Contains("ISOFLOP_TEST_VARIABLE=a=b"));
}

}  // namespace
}  // namespace isoflop
