#include "lib/machine/probe.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/expect_error.h"
#include "tests/support/scoped_env.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;

/// A worker that is a shell script.
std::filesystem::path ScriptIn(const TempDir& temp, const std::string& text) {
  static int scripts = 0;
  const std::string name = "worker" + std::to_string(++scripts);
  const auto path = temp.Write(name, "#!/bin/sh\n" + text + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

TEST(Probe, ReturnsWhatTheWorkerPrints) {
  const ScopedEnv gpus("ISOFLOP_FAKE_CUDA", "2");
  const ProbeReport report = Probe({ISOFLOP_FAKE_WORKER});
  EXPECT_EQ(report.cpu, "fake");
  EXPECT_EQ(report.fp32_flops_per_second, 1e11);
  ASSERT_EQ(report.cuda.size(), 2U);
  EXPECT_EQ(report.cuda[1].name, "cuda:1");
}

TEST(Probe, RefusesAMissingWorker) {
  EXPECT_ERROR(Probe({"/no/such/worker"}),
               "/no/such/worker: cannot be started");
}

TEST(Probe, SaysWhyAWorkerCouldNotProbe) {
  const TempDir temp;
  const auto worker = ScriptIn(
      temp, "echo 'libtorch.so: cannot open shared object file' >&2; exit 127");
  EXPECT_ERROR(Probe({worker}),
               "probe: exited with status 127: libtorch.so: cannot open");
}

TEST(Probe, RefusesWhatIsNoReport) {
  const TempDir temp;
  EXPECT_ERROR(Probe({ScriptIn(temp, "echo hello")}), "probe: not valid JSON");
}

TEST(Probe, RefusesSilence) {
  const TempDir temp;
  EXPECT_ERROR(Probe({ScriptIn(temp, "exit 0")}),
               "probe: ended without an answer: it wrote nothing");
}

/// A worker whose OpenBLAS multiplies as `own` unless it is told otherwise; at
/// `rates` of Haswell's and SkylakeX's products and of its own.
struct FakeBlas {
  std::string own;
  double rate = 1e10;
  double haswell = 1e11;
  double skylake = 2e11;
  bool right = true;
};

std::filesystem::path WorkerWith(const TempDir& temp, const FakeBlas& blas) {
  return ScriptIn(temp,
                  fmt::format(R"(core={} rate={} right={}
case "$OPENBLAS_CORETYPE" in
  Haswell) core=Haswell rate={} right=true ;;
  SkylakeX) core=SkylakeX rate={} right=true ;;
esac
echo >>'{}'
[ -z "$core" ] || named="\"blas_core\": \"$core\","
echo '{{"schema": "isoflop.probe/1", "libtorch": "2", "cpu": "x",' "$named" \
  '"fp32_flops_per_second":' $rate', "products_right":' $right'}}')",
                              blas.own, blas.rate, blas.right, blas.haswell,
                              blas.skylake, (temp / "asked").string()));
}

class ProbeMachineTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!HasAvx2()) GTEST_SKIP() << "OpenBLAS can be told nothing here";
  }

  Machine MachineWith(const FakeBlas& blas) {
    return ProbeMachine(WorkerWith(temp_, blas));
  }

  std::uintmax_t asked() const {
    return std::filesystem::file_size(temp_ / "asked");
  }

  TempDir temp_;
  ScopedEnv nothing_{"OPENBLAS_CORETYPE", std::nullopt};
};

TEST_F(ProbeMachineTest, TellsOpenBlasWhatTheProcessorIsWhereItDoesNotKnow) {
  const Machine machine = MachineWith({.own = "Prescott"});
  const auto best = HasAvx512() ? BlasCore::kSkylakeX : BlasCore::kHaswell;
  EXPECT_EQ(machine.blas_core, best);
  EXPECT_EQ(machine.probe.blas_core, NameOf(best));
  EXPECT_THAT(machine.worker.environment, ElementsAreArray(Settings(best)));
}

TEST_F(ProbeMachineTest, TakesTheFasterOneWhateverItsVectors) {
  const Machine machine =
      MachineWith({.own = "Prescott", .haswell = 1e11, .skylake = 5e10});
  EXPECT_EQ(machine.blas_core, BlasCore::kHaswell);
}

TEST_F(ProbeMachineTest, LeavesWhatIsFasterByLessThanATenth) {
  const Machine machine = MachineWith(
      {.own = "Zen4", .rate = 1e11, .haswell = 1.09e11, .skylake = 1.09e11});
  EXPECT_EQ(machine.blas_core, BlasCore::kOwn);
  EXPECT_THAT(machine.worker.environment, IsEmpty());
}

TEST_F(ProbeMachineTest, PrefersSlowProductsToWrongOnes) {
  const Machine machine = MachineWith(
      {.own = "Zen", .rate = 9e11, .skylake = 1e11, .right = false});
  EXPECT_EQ(machine.blas_core, BlasCore::kHaswell);
  EXPECT_TRUE(machine.probe.products_right);
}

TEST_F(ProbeMachineTest, AsksOnceWhereTheWidestVectorsAreUsed) {
  EXPECT_FALSE(MachineWith({.own = HasAvx512() ? "Cooperlake" : "Zen"})
                   .blas_core.has_value());
  EXPECT_EQ(asked(), 1U);
}

TEST_F(ProbeMachineTest, LeavesAnotherBlasAlone) {
  EXPECT_FALSE(MachineWith({.own = ""}).blas_core.has_value());
  EXPECT_EQ(asked(), 1U);
}

TEST_F(ProbeMachineTest, PassesOverProductsThatKillTheWorker) {
  const auto worker = ScriptIn(
      temp_, "[ -z \"$OPENBLAS_CORETYPE\" ] || kill -ILL $$\nexec '" +
                 WorkerWith(temp_, {.own = "Prescott"}).string() + "'");
  EXPECT_EQ(ProbeMachine(worker).blas_core, BlasCore::kOwn);
}

TEST_F(ProbeMachineTest, PassesOverProductsThatOpenBlasDoesNotHave) {
  const auto worker = ScriptIn(
      temp_, "unset OPENBLAS_CORETYPE\nexec '" +
                 WorkerWith(temp_, {.own = "Prescott"}).string() + "'");
  EXPECT_EQ(ProbeMachine(worker).blas_core, BlasCore::kOwn);
}

TEST_F(ProbeMachineTest, LeavesTheChoiceOfTheUserAlone) {
  const ScopedEnv user("OPENBLAS_CORETYPE", "Nehalem");
  EXPECT_FALSE(MachineWith({.own = "Nehalem"}).blas_core.has_value());
  EXPECT_EQ(asked(), 1U);
}

TEST_F(ProbeMachineTest, RemembersTheChoiceOfTheUser) {
  const ScopedEnv user("OPENBLAS_CORETYPE", "Haswell");
  EXPECT_EQ(MachineWith({.own = "Zen"}).blas_core, BlasCore::kHaswell);
  EXPECT_EQ(asked(), 1U);
}

TEST_F(ProbeMachineTest, KeepsAnEarlierChoiceWhateverIsFasterNow) {
  const auto worker = WorkerWith(temp_, {.own = "Prescott", .haswell = 1e9});
  const Machine machine = ProbeMachineAgain(worker, BlasCore::kHaswell);
  EXPECT_EQ(machine.blas_core, BlasCore::kHaswell);
  EXPECT_EQ(machine.probe.blas_core, "Haswell");
  EXPECT_THAT(machine.probe.warnings, IsEmpty());
  EXPECT_THAT(ProbeMachineAgain(worker, BlasCore::kOwn).worker.environment,
              IsEmpty());
  EXPECT_EQ(asked(), 2U);
}

TEST_F(ProbeMachineTest, ChoosesWhereThereWasNoDoubtBefore) {
  const auto worker = WorkerWith(temp_, {.own = "Prescott"});
  EXPECT_THAT(ProbeMachineAgain(worker, std::nullopt).worker.environment,
              ElementsAreArray(Settings(WidestBlasCore())));
}

TEST_F(ProbeMachineTest, ChoosesAnewWhereTheEarlierChoiceIsWrong) {
  const auto worker = WorkerWith(temp_, {.own = "Zen", .right = false});
  const Machine machine = ProbeMachineAgain(worker, BlasCore::kOwn);
  EXPECT_TRUE(machine.probe.products_right);
  EXPECT_EQ(machine.blas_core, WidestBlasCore());
}

TEST_F(ProbeMachineTest, WarnsOfAUserWhoHasChangedTheProducts) {
  const ScopedEnv user("OPENBLAS_CORETYPE", "Zen");
  const auto worker = WorkerWith(temp_, {.own = "Zen"});
  EXPECT_THAT(ProbeMachineAgain(worker, BlasCore::kHaswell).probe.warnings,
              ElementsAre(HasSubstr(
                  "began with the products \"Haswell\" of OpenBLAS, here they "
                  "are \"Zen\": the last digits")));
}

TEST_F(ProbeMachineTest, WarnsOfAnEarlierChoiceThatTheProcessorCannotRun) {
  if (HasAvx512()) GTEST_SKIP() << "this processor runs all of them";
  const Machine machine =
      ProbeMachineAgain(WorkerWith(temp_, {.own = "Zen"}), BlasCore::kSkylakeX);
  EXPECT_EQ(machine.blas_core, std::nullopt);
  EXPECT_THAT(machine.probe.warnings,
              ElementsAre(HasSubstr("the last digits of losses may differ")));
}

TEST(LazyMachine, AsksOnce) {
  int asked = 0;
  LazyMachine machine([&] {
    ++asked;
    return Machine{.worker = {ISOFLOP_FAKE_WORKER}, .probe = {}};
  });
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(machine.Get().worker.path, ISOFLOP_FAKE_WORKER);
  EXPECT_EQ(machine.Get().worker.path, ISOFLOP_FAKE_WORKER);
  EXPECT_EQ(asked, 1);
}

TEST(PrecisionOf, IsBf16WhereATenthIsGained) {
  ProbeReport probe;
  probe.cuda.push_back({.name = "cuda:0", .bf16_speedup = 3.0});
  probe.cuda.push_back({.name = "cuda:1"});
  EXPECT_EQ(PrecisionOf(probe, "cpu").of_auto, Precision::kFp32);
  EXPECT_EQ(PrecisionOf(probe, "cuda:0").of_auto, Precision::kBf16);
  EXPECT_EQ(PrecisionOf(probe, "cuda:1").of_auto, Precision::kFp32);
  probe.bf16_speedup = 1.05;
  EXPECT_EQ(PrecisionOf(probe, "cpu").of_auto, Precision::kFp32);
  probe.bf16_speedup = 1.15;
  EXPECT_EQ(PrecisionOf(probe, "cpu").of_auto, Precision::kBf16);
}

TEST(PrecisionOf, HasBf16OnlyWhereItsGradientsAreRight) {
  ProbeReport probe;
  probe.bf16_speedup = 2.0;
  probe.cuda.push_back({.name = "cuda:0", .bf16_speedup = 3.0});
  EXPECT_EQ(PrecisionOf(probe, "cpu").bf16, Bf16Products::kByHand);
  EXPECT_EQ(PrecisionOf(probe, "cuda:0").bf16, Bf16Products::kEverywhere);
  probe.bf16_right = false;
  probe.cuda[0].bf16_right = false;
  for (const char* device : {"cpu", "cuda:0"}) {
    EXPECT_EQ(PrecisionOf(probe, device).bf16, Bf16Products::kNowhere);
    EXPECT_EQ(PrecisionOf(probe, device).of_auto, Precision::kFp32);
  }
}

TEST(ArithmeticOf, NamesTheGpuThatTrains) {
  ProbeReport probe;
  probe.arithmetic = {{"libtorch", "2.6.0"}};
  probe.cuda.push_back({.name = "cuda:0", .model = "NVIDIA H100"});
  EXPECT_EQ(ArithmeticOf(probe, "cpu"), probe.arithmetic);
  EXPECT_EQ(ArithmeticOf(probe, "cuda:0"),
            (Arithmetic{{"gpu", "NVIDIA H100"}, {"libtorch", "2.6.0"}}));
}

}  // namespace
}  // namespace isoflop
