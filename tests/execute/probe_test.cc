#include "lib/execute/probe.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/support/expect_error.h"
#include "tests/support/scoped_env.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

/// A worker that is a shell script.
std::filesystem::path ScriptIn(const TempDir& temp, const std::string& text) {
  const auto path = temp.Write("worker", "#!/bin/sh\n" + text + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

TEST(Probe, ReturnsWhatTheWorkerPrints) {
  const ScopedEnv gpus("ISOFLOP_FAKE_CUDA", "2");
  const ProbeReport report = Probe(ISOFLOP_FAKE_WORKER);
  EXPECT_EQ(report.cpu, "fake");
  EXPECT_EQ(report.fp32_flops_per_second, 1e11);
  ASSERT_EQ(report.cuda.size(), 2U);
  EXPECT_EQ(report.cuda[1].name, "cuda:1");
}

TEST(Probe, RefusesAMissingWorker) {
  EXPECT_ERROR(Probe("/no/such/worker"), "/no/such/worker: cannot be started");
}

TEST(Probe, SaysWhyAWorkerCouldNotProbe) {
  const TempDir temp;
  const auto worker = ScriptIn(
      temp, "echo 'libtorch.so: cannot open shared object file' >&2; exit 127");
  EXPECT_ERROR(Probe(worker),
               "probe: exited with status 127: libtorch.so: cannot open");
}

TEST(Probe, RefusesWhatIsNoReport) {
  const TempDir temp;
  EXPECT_ERROR(Probe(ScriptIn(temp, "echo hello")), "probe: not valid JSON");
}

TEST(Probe, RefusesSilence) {
  const TempDir temp;
  EXPECT_ERROR(Probe(ScriptIn(temp, "exit 0")), "probe: not valid JSON");
}

TEST(LazyProbe, AsksOnce) {
  const TempDir temp;
  const auto count = temp / "count";
  LazyProbe probe(ScriptIn(temp, "echo >>'" + count.string() + "'; exec '" +
                                     ISOFLOP_FAKE_WORKER "' probe"));
  EXPECT_FALSE(std::filesystem::exists(count));
  EXPECT_EQ(probe.Get().cpu, "fake");
  EXPECT_EQ(probe.Get().cpu, "fake");
  EXPECT_EQ(std::filesystem::file_size(count), 1U);
}

TEST(FasterPrecision, IsBf16WhereATenthIsGained) {
  ProbeReport probe;
  probe.cuda.push_back({.name = "cuda:0", .bf16_speedup = 3.0});
  probe.cuda.push_back({.name = "cuda:1"});
  EXPECT_EQ(FasterPrecision(probe, "cpu"), Precision::kFp32);
  EXPECT_EQ(FasterPrecision(probe, "cuda:0"), Precision::kBf16);
  EXPECT_EQ(FasterPrecision(probe, "cuda:1"), Precision::kFp32);
  probe.bf16_speedup = 1.05;
  EXPECT_EQ(FasterPrecision(probe, "cpu"), Precision::kFp32);
  probe.bf16_speedup = 1.15;
  EXPECT_EQ(FasterPrecision(probe, "cpu"), Precision::kBf16);
}

}  // namespace
}  // namespace isoflop
