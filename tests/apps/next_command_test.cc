#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lib/core/json.h"
#include "lib/core/random.h"
#include "tests/apps/command.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

/// 5 sizes at 5 budgets near L = 1.1 + 260/N^0.66 + 700/D^0.57, with noise.
std::string NoisyCsv() {
  RandomStream stream(3);
  std::string csv = "params_total,tokens,loss\n";
  for (int budget = 0; budget < 5; ++budget) {
    const double C = 2e10 * std::pow(3.0, budget);
    for (int size = -2; size <= 2; ++size) {
      const double N = 0.06 * std::sqrt(C) * std::pow(2.0, size);
      const double D = C / (6.0 * N);
      const double loss =
          1.1 + 260.0 / std::pow(N, 0.66) + 700.0 / std::pow(D, 0.57);
      csv += fmt::format("{:.17g},{:.17g},{:.17g}\n", N, D,
                         loss * std::exp(0.003 * stream.Normal()));
    }
  }
  return csv;
}

constexpr const char* kSweepText = R"({
  "schema": "isoflop.sweep/1", "name": "base",
  "data": { "kind": "lexicon" },
  "model": { "context": 64, "layers": 2, "heads": 2 },
  "grid": { "sizes": [ { "d_model": 12 }, { "d_model": 48 } ],
            "budgets_flops": [1e11] },
  "training": { "batch_tokens": 256 } })";

class NextCommand : public testing::Test {
 protected:
  NextCommand() {
    dir_.Write("runs.csv", NoisyCsv());
    dir_.Write("sweep.json", kSweepText);
    const Outcome fit =
        Isoflop(dir_, "fit runs.csv --params total --bootstrap 60");
    EXPECT_EQ(fit.status, 0) << fit.err;
  }

  const TempDir dir_;
};

TEST_F(NextCommand, WritesASweepThatPlansTheRunsItPrints) {
  const Outcome next =
      Isoflop(dir_,
              "next fit.json --flops-budget 5e12 --sweep "
              "sweep.json -o next.json --json --worker " ISOFLOP_FAKE_WORKER);
  ASSERT_EQ(next.status, 0) << next.err;
  const Json json = ParseJson(next.out, "stdout");
  EXPECT_EQ(SchemaProblem(json, "next"), "");
  ASSERT_FALSE(json["runs"].empty());
  EXPECT_LT(json["sd_after"], json["sd_before"]);
  const Outcome planned =
      Isoflop(dir_, "plan next.json --json --worker " ISOFLOP_FAKE_WORKER);
  ASSERT_EQ(planned.status, 0) << planned.err;
  const Json plan = ParseJson(planned.out, "stdout");
  std::size_t runs = 0;
  for (const Json& group : plan["groups"]) runs += group["runs"].size();
  EXPECT_EQ(runs, json["runs"].size() * json["seeds"].get<std::size_t>());
  EXPECT_EQ(json["unchecked"], Json::array());
  EXPECT_EQ(plan["notes"].dump().find("steps"), std::string::npos);
}

TEST_F(NextCommand, NeverWritesOverWhatItReadsOrOverAnotherSweep) {
  dir_.Write("other.json", kSweepText);
  const std::string next =
      "next fit.json --flops-budget 5e12 --sweep sweep.json "
      "--worker " ISOFLOP_FAKE_WORKER " -o ";
  for (const char* file : {"sweep.json", "./fit.json"}) {
    for (const char* force : {"", " --force"}) {
      const std::string before = ReadFile(dir_ / file);
      const Outcome outcome = Isoflop(dir_, next + file + force);
      EXPECT_EQ(outcome.status, 2) << outcome.out;
      EXPECT_THAT(outcome.err, HasSubstr("is read by this command"));
      EXPECT_EQ(ReadFile(dir_ / file), before);
    }
  }
  EXPECT_EQ(Isoflop(dir_, next + "other.json").status, 2);
  EXPECT_EQ(ReadFile(dir_ / "other.json"), kSweepText);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Isoflop(dir_, next + "next.json").status, 0);
  }
  EXPECT_EQ(Isoflop(dir_, next + "other.json --force").status, 0);
}

TEST_F(NextCommand, NeedsNoSweepToRankRuns) {
  const Outcome next =
      Isoflop(dir_, "next fit.json --flops-budget 5e12 --objective loss");
  EXPECT_EQ(next.status, 0) << next.err;
  EXPECT_THAT(next.out, HasSubstr("Runs to train next, for L at C = "));
}

TEST_F(NextCommand, RefusesASweepFileWhereNothingSaysHowToTrain) {
  const Outcome next =
      Isoflop(dir_, "next fit.json --flops-budget 5e12 -o next.json");
  EXPECT_EQ(next.status, 2);
  EXPECT_THAT(next.err, HasSubstr("--output: fit.json was fitted to "
                                  "\"runs.csv\", which is no sweep directory"));
}

TEST_F(NextCommand, SaysWhyAFitDoesNotDo) {
  ASSERT_EQ(Isoflop(dir_, "fit runs.csv --bootstrap 0 -o bare.json").status, 0);
  const Outcome bare = Isoflop(dir_, "next bare.json --flops-budget 5e12");
  EXPECT_EQ(bare.status, 2);
  EXPECT_THAT(bare.err, HasSubstr("fit again with --bootstrap 1000"));
  dir_.Write("one.csv", "N,D,L\n1e6,1e8,3.5\n");
  ASSERT_EQ(Isoflop(dir_, "fit one.csv -o one.json").status, 4);
  EXPECT_EQ(Isoflop(dir_, "next one.json --flops-budget 5e12").status, 4);
}

}  // namespace
}  // namespace isoflop
