// A display that is lost stops no work: standard error or output closed, full,
// or a pipe that nobody reads.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/apps/tables.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

const std::string kStreamedSweep =
    "sweep " ISOFLOP_SOURCE_DIR
    "/sweeps/smoke.json -o out --fit --devices cpu"
    " --worker " ISOFLOP_FAKE_WORKER;

/// Whether every run of "out" has ended well.
bool IsComplete(const TempDir& dir) {
  const Json status =
      ParseJson(Isoflop(dir, "status out --json").out, "status");
  return status["runs"] > 0 && status["ok"] == status["runs"];
}

TEST(StandardError, MayBeLostWhileASweepTrains) {
  for (const char* lost :
       {"2>&-", "2>/dev/full", "2> >(true)", "<&- 2>&-", "2>/dev/null"}) {
    const TempDir dir;
    const bool process = std::string(lost).find(">(") != std::string::npos;
    const std::string command = kStreamedSweep + " " + lost;
    const Outcome sweep =
        process
            ? Isoflop(dir, kStreamedSweep + " 2>&1 >/dev/null | true; exit 0")
            : Isoflop(dir, command);
    EXPECT_EQ(sweep.status, 0) << lost << sweep.err;
    EXPECT_TRUE(IsComplete(dir)) << lost;
    EXPECT_TRUE(std::filesystem::exists(dir / "out/fit.json")) << lost;
    if (!process) {
      EXPECT_THAT(sweep.out, HasSubstr("Fitted law")) << lost;
    }
  }
}

TEST(StandardError, MayBeLostByEveryCommand) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, kStreamedSweep).status, 0);
  dir.Write("runs.csv", NoiseFreeCsv());
  for (const char* command :
       {"status out", "fit out --bootstrap 0", "fit runs.csv --bootstrap 0",
        "allocate out --flops 1e13", "export out", "export out -o all.json",
        "compare runs.csv --by params --bootstrap 0", "plan --help",
        "fit none.csv", "plan good.json --nonsense", "nonsense"}) {
    const Outcome usual = Isoflop(dir, command);
    for (const char* lost : {" 2>&-", " 2>/dev/full", " <&- 2>&-"}) {
      const Outcome outcome = Isoflop(dir, std::string(command) + lost);
      EXPECT_EQ(outcome.status, usual.status) << command << lost;
      EXPECT_EQ(outcome.out, usual.out) << command << lost;
    }
  }
}

TEST(StandardOutput, MayBeLostWhileASweepTrainsAndIsMissedOnce) {
  for (const char* lost : {">&-", ">/dev/full", "<&- >&-"}) {
    const TempDir dir;
    const Outcome sweep = Isoflop(dir, kStreamedSweep + " " + lost);
    EXPECT_EQ(sweep.status, 1) << lost << sweep.err;
    const std::string said = "standard output: cannot write: ";
    EXPECT_THAT(sweep.err, HasSubstr(said)) << lost;
    EXPECT_EQ(sweep.err.find(said), sweep.err.rfind(said)) << lost;
    EXPECT_TRUE(IsComplete(dir)) << lost;
    EXPECT_TRUE(std::filesystem::exists(dir / "out/fit.json")) << lost;
  }
}

TEST(StandardOutput, MayBeLostTogetherWithStandardError) {
  for (const char* lost : {"<&- >&- 2>&-", ">/dev/full 2>&1"}) {
    const TempDir dir;
    const Outcome sweep = Isoflop(dir, kStreamedSweep + " " + lost);
    EXPECT_EQ(sweep.status, 1) << lost;
    EXPECT_TRUE(IsComplete(dir)) << lost;
  }
}

TEST(ClosedDescriptors, AreNotTakenByFiles) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  const std::string fit = "fit runs.csv --bootstrap 0 -o fit.json";
  ASSERT_EQ(Isoflop(dir, fit).status, 0);
  const std::string usual = ReadFile(dir / "fit.json");
  std::filesystem::remove(dir / "fit.json");
  Isoflop(dir, fit + " <&- >&- 2>&-");
  EXPECT_EQ(ReadFile(dir / "fit.json"), usual);
}

}  // namespace
}  // namespace isoflop
