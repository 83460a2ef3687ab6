// The front end of `isoflop bench`, with a worker that says the same speed of
// everything.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <sstream>
#include <string>

#include "lib/core/cpu_features.h"
#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/support/child_process.h"
#include "tests/support/schema_check.h"
#include "tests/support/scoped_env.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kBench =
    "bench --device cpu --worker " ISOFLOP_FAKE_WORKER " ";
const std::string kDemoSweep = ISOFLOP_SOURCE_DIR "/sweeps/demo.json";

Json Report(const std::string& arguments) {
  const TempDir dir;
  const Outcome bench = Isoflop(dir, kBench + "--json " + arguments);
  EXPECT_EQ(bench.status, 0) << bench.err;
  return ParseJson(bench.out, "stdout");
}

TEST(BenchCommand, PrintsATableOfEveryCase) {
  const TempDir dir;
  const Outcome bench = Isoflop(dir, kBench);
  ASSERT_EQ(bench.status, 0) << bench.err;
  EXPECT_THAT(bench.out,
              AllOf(HasSubstr("d64 L2 T128"), HasSubstr("d512 L8 T128"),
                    HasSubstr("100k"), HasSubstr("N total"),
                    Not(HasSubstr("time of a step"))));
}

TEST(BenchCommand, KeepsItsTableWithin80Columns) {
  const TempDir dir;
  const Outcome bench = Isoflop(
      dir, kBench + "--precision fp32,bf16 --batch-tokens 4096 --profile");
  std::istringstream lines(bench.out);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(BenchCommand, PrintsJsonThatItsSchemaAccepts) {
  const Json report = Report("--shape d_model=32 --precision fp32,bf16");
  EXPECT_EQ(SchemaProblem(report, "bench"), "");
  ASSERT_EQ(report["cases"].size(), 2U);
  EXPECT_EQ(report["cases"][1]["precision"], HasAvx512Bf16() ? "bf16" : "fp32");
  EXPECT_FALSE(report.contains("sweep"));
}

TEST(BenchCommand, SaysWhereTheTimeGoesWhenAsked) {
  EXPECT_EQ(Report("--shape d_model=32 --profile")["cases"][0]["profile"][0],
            (Json{{"section", "pass"}, {"seconds", 1.5}, {"share", 0.75}}));
}

TEST(BenchCommand, WritesTheSameToAFile) {
  const TempDir dir;
  const Outcome bench =
      Isoflop(dir, kBench + "--shape d_model=32 --json -o bench.json");
  ASSERT_EQ(bench.status, 0) << bench.err;
  EXPECT_EQ(ReadFile(dir / "bench.json"), bench.out);
}

TEST(BenchCommand, PredictsASweepFromItsShapes) {
  const Json report = Report("--jobs 2 --sweep " + kDemoSweep);
  EXPECT_EQ(SchemaProblem(report, "bench"), "");
  EXPECT_EQ(report["cases"].size(), 10U);
  const Json& sweep = report["sweep"];
  EXPECT_EQ(sweep["machine"], "2 x cpu");
  // All tokens at 1e5 a second on two slots, and evaluations.
  const double two_busy = sweep["tokens"].get<double>() / 2e5;
  EXPECT_GT(sweep["wall_seconds"].get<double>(), two_busy);
  EXPECT_LT(sweep["wall_seconds"].get<double>(), 1.3 * two_busy);
}

TEST(BenchCommand, SaysHowLongASweepTakes) {
  const TempDir dir;
  const Outcome bench = Isoflop(dir, kBench + "--sweep " + kDemoSweep);
  EXPECT_THAT(bench.out, AllOf(HasSubstr("sweep demo: 33 runs in 10 groups"),
                               HasSubstr("(predicted)")));
}

TEST(BenchCommand, ExitsWithTwoAndSaysWhyAWorkerFailed) {
  const TempDir dir;
  const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "exit");
  const Outcome bench = Isoflop(dir, kBench);
  EXPECT_EQ(bench.status, 2);
  EXPECT_THAT(bench.err, HasSubstr("the fan has stopped"));
  EXPECT_EQ(bench.out, "");
}

/// Starts a benchmark that never ends, without output.
int HangingBench(const std::string& worker) {
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int descriptor : {0, 1, 2}) ::dup2(nowhere, descriptor);
  return ::execl(ISOFLOP_PROGRAM, "isoflop", "bench", "--device", "cpu",
                 "--worker", worker.c_str(), nullptr);
}

TEST(BenchCommand, StopsTheWorkerWhenItIsInterrupted) {
  const TempDir dir;
  const auto mark = dir / "pid";
  const auto worker = dir.Write(
      "worker", "#!/bin/sh\n[ $1 = bench ] || exec " ISOFLOP_FAKE_WORKER
                " $1\necho $$ >" +
                    mark.string() + "\nexec sleep 1000\n");
  std::filesystem::permissions(worker, std::filesystem::perms::owner_all);
  for (const int signal : {SIGINT, SIGTERM}) {
    ChildProcess bench([&] { return HangingBench(worker.string()); });
    ASSERT_TRUE(WaitFor([&] {
      return std::filesystem::exists(mark) && ReadFile(mark).ends_with("\n");
    }));
    bench.Kill(signal);
    EXPECT_EQ(bench.Wait(), 128 + signal);
    EXPECT_NE(::kill(std::stoi(ReadFile(mark)), 0), 0);
    std::filesystem::remove(mark);
  }
}

TEST(BenchCommand, NeedsAWorker) {
  const TempDir dir;
  const Outcome bench = Isoflop(dir, "bench --worker none");
  EXPECT_EQ(bench.status, 2);
  EXPECT_THAT(bench.err, HasSubstr("none: is not a program"));
}

struct BadBench {
  const char* arguments;
  const char* fragment;
};

TEST(BenchCommand, RefusesBadUsage) {
  const BadBench cases[] = {
      {"extra", "extra"},
      {"--shape", "--shape"},
      {"--shape d_modle=64", "did you mean 'd_model'"},
      {"--shape d_model=64,context=96", "no multiple of model.context 96"},
      {"--shape layers=2", "exactly one of"},
      {"--precision fp16", "training.precision"},
      {"--batch-tokens 0", "--batch-tokens"},
      {"--batch-tokens many", "--batch-tokens"},
      {"--batch-tokens 100", "no multiple of model.context 128"},
      {"--micro-batch-tokens -1", "--micro-batch-tokens"},
      {"--micro-batch-tokens 384", "does not divide batch_tokens"},
      {"--seconds 0", "--seconds"},
      {"--seconds nan", "--seconds"},
      {"--seconds long", "--seconds"},
      {"--jobs 0", "--jobs"},
      {"--device tpu", "there is no device \"tpu\""},
      {"--device cuda:7", "cuda:7"},
      {"--sweep none.json", "none.json"},
      {"--sweep x.json --shape d_model=64", "--shape"},
      {"--sweep x.json --precision bf16", "--precision"},
      {"--sweep x.json --batch-tokens 256", "--batch-tokens"},
      {"--sweep x.json --micro-batch-tokens 256", "--micro-batch-tokens"},
      {"-o folder/none/bench.json", "folder/none"}};
  for (const BadBench& bad : cases) {
    const TempDir dir;
    const Outcome bench =
        Isoflop(dir, std::string("bench --worker " ISOFLOP_FAKE_WORKER " ") +
                         bad.arguments);
    EXPECT_EQ(bench.status, 2) << bad.arguments;
    EXPECT_THAT(bench.out + bench.err, HasSubstr(bad.fragment))
        << bad.arguments;
  }
}

}  // namespace
}  // namespace isoflop
