#include "lib/record/bench_protocol.h"

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

BenchCommand SomeCommand() {
  return {.group = TinySweep().plan.groups.front(),
          .device = "cuda:1",
          .seconds = 0.5,
          .profile = true};
}

BenchReport SomeReport() {
  return {.tokens_per_second = {.median = 2.0, .low = 1.0, .high = 3.0},
          .matmul_flops_per_second = {.median = 5.0, .low = 4.0, .high = 6.0},
          .peak_memory_bytes = 1e8,
          .device = {{"kind", "cpu"}},
          .software = {{"libtorch", "1.13"}},
          .profile = {{"data", 0.5, 0.25}, {"pass", 1.5, 0.75}}};
}

TEST(BenchCommand, ComesBackAsItWasSent) {
  const BenchCommand sent = SomeCommand();
  EXPECT_EQ(ToJson(ParseBenchCommand(ToJson(sent).dump())), ToJson(sent));
}

TEST(BenchCommand, FitsIntoAPipe) {
  EXPECT_LT(ToJson(SomeCommand()).dump().size(), 65536U);
}

TEST(BenchCommand, RefusesWhatIsNone) {
  const struct {
    const char* pointer;
    Json value;
    const char* fragment;
  } cases[] = {{"/command", "train", "must be \"bench\", got \"train\""},
               {"/command", 7, "command: command: must be"},
               {"/group", "d8", "command: group: must be an object"},
               {"/group", Json::object(), "command: group.id"},
               {"/device", 3, "command: device"},
               {"/seconds", 0, "command: seconds"},
               {"/seconds", 1e9, "command: seconds"},
               {"/seconds", "2", "command: seconds"},
               {"/profile", 1, "command: profile"},
               {"/porfile", true, "did you mean 'profile'"}};
  for (const auto& bad : cases) {
    Json json = ToJson(SomeCommand());
    json[Json::json_pointer(bad.pointer)] = bad.value;
    EXPECT_ERROR(ParseBenchCommand(json.dump()), bad.fragment);
  }
  for (const char* key : {"command", "group", "device", "seconds"}) {
    Json json = ToJson(SomeCommand());
    json.erase(key);
    EXPECT_ERROR(ParseBenchCommand(json.dump()), key);
  }
  EXPECT_ERROR(ParseBenchCommand("hello"), "command: not valid JSON");
}

TEST(BenchReport, ComesBackAsItWasPrinted) {
  const BenchReport sent = SomeReport();
  EXPECT_EQ(ToJson(BenchReportFromJson(ToJson(sent), "bench")), ToJson(sent));
}

TEST(BenchReport, MayHaveNeitherMemoryNorProfile) {
  BenchReport sent = SomeReport();
  sent.peak_memory_bytes.reset();
  sent.profile.clear();
  const BenchReport got = BenchReportFromJson(ToJson(sent), "bench");
  EXPECT_FALSE(got.peak_memory_bytes.has_value());
  EXPECT_TRUE(got.profile.empty());
}

TEST(BenchReport, RefusesWhatIsNone) {
  const struct {
    const char* pointer;
    Json value;
    const char* fragment;
  } cases[] = {{"/tokens_per_second", 2.0, "must be an object"},
               {"/tokens_per_second/median", 0.0, "tokens_per_second.median"},
               {"/tokens_per_second/low", "slow", "tokens_per_second.low"},
               {"/matmul_flops_per_second/max", 1.0, "matmul"},
               {"/peak_memory_bytes", -1, "peak_memory_bytes"},
               {"/device", "cpu", "device: must be an object"},
               {"/software", 1, "software: must be an object"},
               {"/profile", true, "must be an array"},
               {"/profile/0/share", 1.5, "share"},
               {"/profile/1/time", 1.5, "time"}};
  for (const auto& bad : cases) {
    Json json = ToJson(SomeReport());
    json[Json::json_pointer(bad.pointer)] = bad.value;
    EXPECT_ERROR(BenchReportFromJson(json, "worker"), bad.fragment);
  }
  EXPECT_ERROR(BenchReportFromJson(Json::array(), "worker"), "worker");
  EXPECT_ERROR(BenchReportFromJson(Json::object(), "worker"),
               "tokens_per_second");
}

}  // namespace
}  // namespace isoflop
