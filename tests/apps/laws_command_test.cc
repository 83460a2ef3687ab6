// --laws beyond the four approaches, --x and --y, and --where.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <utility>

#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/apps/tables.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

std::string SharedData(const std::string& file) {
  return ISOFLOP_SOURCE_DIR "/../shared/data/" + file;
}

TEST(LawsCommand, FitsAndComparesEveryLaw) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  const Outcome fit =
      Isoflop(dir, "fit runs.csv --laws all --bootstrap 0 --loss l2 --details");
  ASSERT_EQ(fit.status, 0) << fit.err;
  const Json json = ReadJsonFile(dir / "fit.json");
  EXPECT_EQ(SchemaProblem(json, "fit"), "");
  EXPECT_EQ(json["laws"]["repeated_data"]["status"], "unsupported");
  EXPECT_EQ(json["laws"]["overtraining"]["status"], "ok");
  EXPECT_EQ(json["laws"]["kaplan_joint"]["status"], "ok");
  EXPECT_EQ(json["kaplan"]["joint"]["with_offset"]["status"], "ok");
  EXPECT_EQ(json["comparison"]["lowest_held_out"], "chinchilla");
  EXPECT_THAT(fit.out, HasSubstr("Which law the data prefer"));
}

TEST(LawsCommand, LeavesTheDefaultAsItWas) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  ASSERT_EQ(Isoflop(dir, "fit runs.csv --bootstrap 0").status, 0);
  const Json json = ReadJsonFile(dir / "fit.json");
  EXPECT_FALSE(json.contains("laws"));
  EXPECT_FALSE(json.contains("comparison"));
}

TEST(LawsCommand, FitsAnyColumnAgainstAnyOther) {
  const TempDir dir;
  std::string csv = "kind,budget,size,spread\n";
  for (int i = 0; i < 8; ++i) {
    const double C = 1e18 * std::pow(3.0, i);
    csv += fmt::format("a,{},{},0.1\n", C, 0.1 * std::pow(C, 0.5));
    csv += fmt::format("b,{},{},0.1\n", C, 0.2 * std::pow(C, 0.7) + 1e12);
  }
  dir.Write("optima.csv", csv);
  const std::string options =
      "fit optima.csv --x budget --y size --y-std spread";
  ASSERT_EQ(Isoflop(dir, options + " --where kind=a").status, 0);
  Json json = ReadJsonFile(dir / "fit.json");
  EXPECT_EQ(SchemaProblem(json, "fit"), "");
  EXPECT_NEAR(json["laws"]["power"]["estimate"]["e"].get<double>(), 0.5, 1e-9);
  EXPECT_EQ(json["observations"]["y_std"], "spread");
  ASSERT_EQ(Isoflop(dir, options + " --where kind=b --laws power").status, 0);
  json = ReadJsonFile(dir / "fit.json");
  EXPECT_NEAR(json["laws"]["power_offset"]["estimate"]["e"].get<double>(), 0.7,
              1e-6);
}

TEST(LawsCommand, HasPoriansFiveExponents) {
  const std::string file = SharedData("porian/optimal_pairs.csv");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
  const std::pair<const char*, double> configs[] = {
      {"rw/base/long/kaplan/kaplan/train", 0.835300},
      {"rw/base/long/kaplan/standard/val", 0.706470},
      {"rw/base/short/kaplan/standard/val", 0.602038},
      {"rw/base/short/chinchilla/standard/val", 0.571495},
      {"rw/tuned/short/const/standard/val", 0.496895}};
  for (const auto& [config, exponent] : configs) {
    const TempDir dir;
    const Outcome fit = Isoflop(
        dir, fmt::format("fit {} --laws power --x flops --y n_star --y-std "
                         "n_star_std_log --where config={}",
                         file, config));
    ASSERT_EQ(fit.status, 0) << fit.err;
    const Json json = ReadJsonFile(dir / "fit.json");
    EXPECT_NEAR(json["laws"]["power"]["estimate"]["e"].get<double>(), exponent,
                5e-7)
        << config;
  }
}

TEST(LawsCommand, SaysThatRepetitionIsUnboundedAbove) {
  const std::string file = SharedData("datablations/c4_fit182.csv");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
  const TempDir dir;
  const Outcome fit = Isoflop(
      dir, fmt::format("fit {} --column tokens=D_total_tokens --column "
                       "unique_tokens=U_unique_tokens --column "
                       "loss=val_loss_C4 --laws repeated_data --bootstrap 0 "
                       "--details "
                       "--fix E={:.17g} --fix A={:.17g} --fix B={:.17g} "
                       "--fix alpha=0.3526596 --fix beta=0.3526596",
                       file, std::exp(0.6254804), std::exp(6.255414),
                       std::exp(7.3049974)));
  ASSERT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("R_D is unbounded above"));
  const Json json = ReadJsonFile(dir / "fit.json");
  const Json& law = json["laws"]["repeated_data"];
  EXPECT_NEAR(law["objective"]["value"].get<double>(), 0.0158046625, 5e-11);
  EXPECT_FALSE(law["profile95"]["R_D"].contains("high"));
  EXPECT_EQ(law["profile95"]["R_D"]["unbounded"], Json::array({"above"}));
  EXPECT_EQ(SchemaProblem(json, "fit"), "");
}

}  // namespace
}  // namespace isoflop
