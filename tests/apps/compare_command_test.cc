#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/support/json_check.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

double LossOf(double N, double D) {
  return 1.7 + 400.0 / std::pow(N, 0.34) + 410.0 / std::pow(D, 0.28);
}

/// Two optimisers: muon makes of N parameters 1.5 N, and of D tokens .8 D.
std::string TwoRecipes() {
  std::string csv = "optimizer,N,D,L\n";
  for (const double rho : {1.0, 1.5}) {
    for (int i = 0; i < 4; ++i) {
      for (int j = 0; j < 4; ++j) {
        const double N = 1e7 * std::pow(2.0, i);
        const double D = 1e9 * std::pow(2.0, j);
        const double L = LossOf(rho * N, rho == 1.0 ? D : 0.8 * D);
        csv += fmt::format("{},{},{},{}\n", rho == 1.0 ? "adamw" : "muon", N, D,
                           L);
      }
    }
  }
  return csv;
}

TEST(CompareCommand, RecoversKnownEfficiencies) {
  const TempDir dir;
  dir.Write("runs.csv", TwoRecipes());
  const Outcome compare = Isoflop(
      dir, "compare runs.csv --by optimizer --bootstrap 40 --json -o out.json");
  ASSERT_EQ(compare.status, 0) << compare.err;
  const Json json = ParseJson(compare.out, "stdout");
  EXPECT_EQ(SchemaProblem(json, "compare"), "");
  EXPECT_EQ(NullPlace(json), "");
  EXPECT_EQ(ReadJsonFile(dir / "out.json"), json);
  EXPECT_EQ(json["reference"], "adamw");
  const Json& muon = json["recipes"][1];
  EXPECT_NEAR(muon["rho_N"]["estimate"].get<double>(), 1.5, 1e-5);
  EXPECT_NEAR(muon["rho_D"]["estimate"].get<double>(), 0.8, 1e-5);
  EXPECT_EQ(muon["verdict"], "better");
  EXPECT_EQ(json["certificate"]["certified"], true);
  EXPECT_EQ(json["certificate_with_own_exponents"]["certified"], true);
  EXPECT_THAT(json["same_exponents"]["reason"].get<std::string>(),
              HasSubstr("no noise to judge by"));
}

TEST(CompareCommand, SaysSoInWords) {
  const TempDir dir;
  dir.Write("runs.csv", TwoRecipes());
  const Outcome compare = Isoflop(
      dir, "compare runs.csv --by optimizer --reference muon --bootstrap 40");
  ASSERT_EQ(compare.status, 0) << compare.err;
  EXPECT_THAT(compare.out, HasSubstr("adamw is worse"));
  EXPECT_FALSE(HasNoNumber(compare.out)) << compare.out;
}

TEST(CompareCommand, EndsWithFourWhereARecipeHasTooFewRuns) {
  const TempDir dir;
  dir.Write("runs.jsonl",
            "{\"N\":1e7,\"D\":1e9,\"L\":3,\"r\":1}\n"
            "{\"N\":2e7,\"D\":1e9,\"L\":2.9,\"r\":2}\n");
  const Outcome compare =
      Isoflop(dir, "compare runs.jsonl --by r --json -o out.json");
  EXPECT_EQ(compare.status, 4) << compare.err;
  const Json json = ReadJsonFile(dir / "out.json");
  EXPECT_EQ(SchemaProblem(json, "compare"), "");
  EXPECT_THAT(json["reason"].get<std::string>(), HasSubstr("1 run"));
}

TEST(CompareCommand, NeverPrintsANumberThatIsNone) {
  const TempDir dir;
  const auto rows = [](const char* recipe, double N, double D, double L) {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      text += fmt::format("{},{},{},{}\n", recipe, N * std::pow(2.0, i % 4),
                          D * std::pow(2.0, i / 4), L + 0.01 * (i * i % 7));
    }
    return text;
  };
  for (const std::string& other :
       {rows("b", 1e7, 1e9, 3.0), rows("b", 1e-290, 1e9, 3.0),
        rows("b", 1e200, 1e100, 3.0), rows("b", 1e7, 1e9, 1e-290),
        rows("b", 1e7, 1e9, 1e290)}) {
    dir.Write("runs.csv", "r,N,D,L\n" + rows("a", 1e7, 1e9, 3.0) + other);
    const Outcome compare =
        Isoflop(dir, "compare runs.csv --by r --bootstrap 40 -o out.json");
    EXPECT_TRUE(compare.status == 0 || compare.status == 4) << compare.err;
    EXPECT_FALSE(HasNoNumber(compare.out)) << compare.out;
    const Json json = ReadJsonFile(dir / "out.json");
    EXPECT_EQ(SchemaProblem(json, "compare"), "") << json.dump(1);
    EXPECT_EQ(NullPlace(json), "");
  }
}

TEST(CompareCommand, ComparesTheVariantsOfASweep) {
  const TempDir dir;
  Json sweep = ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/demo.json");
  sweep["vary"] = {{"model.position", {"rotary", "none"}}};
  dir.Write("sweep.json", sweep.dump());
  const Outcome trained = Isoflop(dir,
                                  "sweep sweep.json -o out --devices cpu "
                                  "--jobs 2 --worker " ISOFLOP_FAKE_WORKER);
  ASSERT_EQ(trained.status, 0) << trained.err;
  const Outcome compare =
      Isoflop(dir, "compare out --bootstrap 40 --reference none --json");
  ASSERT_EQ(compare.status, 0) << compare.err;
  const Json json = ParseJson(compare.out, "stdout");
  EXPECT_EQ(SchemaProblem(json, "compare"), "");
  EXPECT_EQ(json["by"], "model.position");
  EXPECT_EQ(json["reference"], "none");
  EXPECT_EQ(json["recipes"].size(), 2U);
}

struct BadCompare {
  const char* arguments;
  const char* fragment;
};

TEST(CompareCommand, RefusesBadUsage) {
  const TempDir dir;
  dir.Write("runs.csv", TwoRecipes());
  for (const BadCompare& bad : {
           BadCompare{"compare", "input is required"},
           BadCompare{"compare none.csv --by x", "none.csv"},
           BadCompare{"compare runs.csv", "--by: runs.csv is a file"},
           BadCompare{"compare runs.csv --by optimiser",
                      "did you mean 'optimizer'"},
           BadCompare{"compare runs.csv --by optimizer --reference mun",
                      "did you mean 'muon'"},
           BadCompare{"compare runs.csv --by L", "more than 20 values"},
           BadCompare{"compare runs.csv --by optimizer --delta 0", "--delta"},
           BadCompare{"compare runs.csv --by optimizer --bootstrap -1",
                      "--bootstrap"},
           BadCompare{"compare runs.csv --by optimizer --bootstrap 3",
                      "at least 40"},
           BadCompare{"compare runs.csv --by optimizer --flops 0", "--flops"},
           BadCompare{"compare runs.csv --by optimizer --params all", "all"},
           BadCompare{"compare runs.csv --by optimizer --params total",
                      "params_total"},
           BadCompare{"compare runs.csv --by optimizer --column N=x", "N"},
           BadCompare{"compare .", "sweep directory"},
       }) {
    const Outcome outcome = Isoflop(dir, bad.arguments);
    EXPECT_EQ(outcome.status, 2) << bad.arguments << outcome.out;
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr(bad.fragment));
  }
}

}  // namespace
}  // namespace isoflop
