#include "lib/record/worker_protocol.h"

#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

TEST(TrainCommand, ComesBackAsItWasSent) {
  const TrainCommand sent{.sweep_dir = "/tmp/a \"b\"",
                          .group = "d8-l1-s0-0123456789ab",
                          .device = "cuda:1",
                          .micro_batch_tokens = 128};
  const TrainCommand got = ParseTrainCommand(ToJson(sent).dump());
  EXPECT_EQ(got.sweep_dir, sent.sweep_dir);
  EXPECT_EQ(got.group, sent.group);
  EXPECT_EQ(got.device, sent.device);
  EXPECT_EQ(got.micro_batch_tokens, 128);
}

TEST(TrainCommand, RefusesWhatIsNone) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"", "not valid JSON"},
      {"train", "not valid JSON"},
      {"[]", "must be an object"},
      {R"({"group": "g"})", "command: command: is missing"},
      {R"({"command": "dance"})", "must be \"train\""},
      {R"({"command": "train", "group": "g", "device": "cpu"})", "sweep_dir"},
      {R"({"command": "train", "sweep_dir": "d", "device": "cpu"})", "group"},
      {R"({"command": "train", "sweep_dir": "d", "group": "g"})", "device"},
      {R"({"command": "train", "sweep_dir": "d", "group": "g",
           "device": "cpu", "micro_batch_tokens": 0})",
       "at least 1"},
      {R"({"command": "train", "sweep_dir": "d", "group": "g",
           "device": "cpu", "micro_batch_token": 1})",
       "did you mean 'micro_batch_tokens'"}};
  for (const auto& [line, fragment] : cases) {
    SCOPED_TRACE(line);
    EXPECT_ERROR(ParseTrainCommand(line), fragment);
  }
}

TEST(WorkerEvent, ComesBackAsItWasSent) {
  const WorkerEvent sent{.kind = WorkerEventKind::kGroupFailed,
                         .group = "g",
                         .run = "r",
                         .status = "failed",
                         .tokens_done = 640,
                         .loss = 2.5,
                         .tokens_per_second = 1e5,
                         .reason = "no memory",
                         .out_of_memory = true};
  const WorkerEvent got = ParseWorkerEvent(ToJson(sent).dump());
  EXPECT_EQ(got.kind, sent.kind);
  EXPECT_EQ(ToJson(got), ToJson(sent));
  EXPECT_TRUE(got.out_of_memory);
}

TEST(WorkerEvent, LeavesOutALossThatIsNotFinite) {
  WorkerEvent event;
  event.loss = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(ParseWorkerEvent(ToJson(event).dump()).loss.has_value());
}

TEST(WorkerEvent, RefusesWhatIsNone) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"", "not valid JSON"},
      {"Warning: NNPACK is not available", "not valid JSON"},
      {"42", "must be an object"},
      {"{}", "event: event: is missing"},
      {R"({"event": "progres"})", "did you mean 'progress'"},
      {R"({"event": "progress", "tokens_done": -1})", "at least 0"},
      {R"({"event": "progress", "loss": "low"})", "must be a number"},
      {R"({"event": "progress", "event": "stopped"})", "occurs twice"},
      {R"({"event": "progress", "mood": "fine"})", "unknown key"}};
  for (const auto& [line, fragment] : cases) {
    SCOPED_TRACE(line);
    EXPECT_ERROR(ParseWorkerEvent(line), fragment);
  }
}

TEST(ProbeReport, ComesBackAsItWasPrinted) {
  ProbeReport sent{.libtorch = "1.13.1",
                   .cpu = "some core, AVX512",
                   .blas_core = "Zen",
                   .arithmetic = {{"libtorch", "2.6.0"}},
                   .cpu_threads = 2,
                   .fp32_flops_per_second = 2e11,
                   .products_right = false,
                   .bf16_flops_per_second = 4e11,
                   .operation_seconds = 1.7e-6,
                   .bf16_speedup = 1.75,
                   .process_private_bytes = 6e7,
                   .process_shared_bytes = 1e8,
                   .cuda = {},
                   .warnings = {"slow"}};
  sent.cuda.push_back({.name = "cuda:0",
                       .model = "a GPU",
                       .memory_bytes = 8e10,
                       .fp32_flops_per_second = std::nullopt,
                       .bf16_flops_per_second = 7e14,
                       .bf16_speedup = 3.5});
  EXPECT_EQ(ToJson(ProbeReportFromJson(ToJson(sent), "probe")), ToJson(sent));
}

TEST(ProbeReport, MayHaveNoGpuAndNoWarnings) {
  ProbeReport sent;
  sent.libtorch = "1.13.1";
  sent.cpu = "a core";
  const ProbeReport got = ProbeReportFromJson(ToJson(sent), "probe");
  EXPECT_TRUE(got.cuda.empty());
  EXPECT_TRUE(got.warnings.empty());
}

TEST(ProbeReport, MayKnowNothingButTheNameOfADevice) {
  ProbeReport sent;
  sent.libtorch = "1.13.1";
  sent.cpu = "a core";
  sent.cuda.emplace_back().name = "cuda:0";
  const ProbeReport got = ProbeReportFromJson(ToJson(sent), "probe");
  ASSERT_EQ(got.cuda.size(), 1U);
  EXPECT_EQ(got.cuda[0].name, "cuda:0");
  EXPECT_FALSE(got.cuda[0].model.has_value());
  EXPECT_FALSE(got.cuda[0].memory_bytes.has_value());
  EXPECT_FALSE(got.cuda[0].fp32_flops_per_second.has_value());
}

TEST(ProbeReport, LeavesOutAModelNameThatIsEmpty) {
  ProbeReport sent;
  sent.libtorch = "1.13.1";
  sent.cpu = "a core";
  sent.cuda.emplace_back().name = "cuda:0";
  sent.cuda[0].model = "";
  EXPECT_FALSE(ProbeReportFromJson(ToJson(sent), "probe").cuda[0].model);
}

TEST(ProbeReport, RefusesAnotherSchema) {
  Json json = ToJson(ProbeReport{});
  json["schema"] = "isoflop.probe/9";
  EXPECT_ERROR(ProbeReportFromJson(json, "probe"), "isoflop.probe/1");
}

}  // namespace
}  // namespace isoflop
