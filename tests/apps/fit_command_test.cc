#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/apps/tables.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(FitCommand, RecoversTheLawOfATable) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  const Outcome fit = Isoflop(dir, "fit runs.csv --bootstrap 40");
  ASSERT_EQ(fit.status, 0) << fit.err;
  const Json json = ReadJsonFile(dir / "fit.json");
  const Json& estimate = json["chinchilla"]["estimate"];
  EXPECT_NEAR(estimate["E"].get<double>(), 1.7, 1e-5);
  EXPECT_NEAR(estimate["alpha"].get<double>(), 0.34, 1e-6);
  EXPECT_NEAR(estimate["beta"].get<double>(), 0.28, 1e-6);
  EXPECT_EQ(SchemaProblem(json, "fit"), "");
}

/// Prints of a fit on a terminal of so many columns.
std::string FitOnTerminal(const TempDir& dir, int columns,
                          const std::string& more = "") {
  return Isoflop(dir, fmt::format("--version >version; script -qec 'stty cols "
                                  "{}; " ISOFLOP_PROGRAM
                                  " fit runs.csv --bootstrap 0 -o on.json{}' "
                                  "typescript",
                                  columns, more))
      .out;
}

TEST(FitCommand, DrawsPicturesBesideItsAnswerWhereTheTerminalIsWide) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  const std::string wide = FitOnTerminal(dir, 130);
  EXPECT_THAT(wide, HasSubstr("ln predicted"));
  EXPECT_THAT(wide, HasSubstr("Fitted law"));
  EXPECT_LE(std::ranges::count(wide, '\n'), 26) << wide;
  EXPECT_THAT(FitOnTerminal(dir, 80), Not(HasSubstr("ln predicted")));
  EXPECT_THAT(FitOnTerminal(dir, 80, " --details"), HasSubstr("ln predicted"));
  const Outcome piped = Isoflop(dir, "fit runs.csv --bootstrap 0 --details");
  EXPECT_THAT(piped.out, Not(HasSubstr("ln predicted")));
}

TEST(FitCommand, MapsColumnsAndDerivesTokens) {
  const TempDir dir;
  std::string csv = "Model Size,Training FLOP,loss\n";
  for (const Json& row : Json::parse("[[1e8,1e18],[2e8,1e18],[4e8,1e18],"
                                     "[1e8,4e18],[2e8,4e18],[4e8,4e18],"
                                     "[2e8,2e19],[4e8,2e19]]")) {
    const double N = row[0].get<double>();
    const double C = row[1].get<double>();
    csv += fmt::format("{},{},{}\n", N, C,
                       1.7 + 400.0 / std::pow(N, 0.34) +
                           410.0 / std::pow(C / (6.0 * N), 0.28));
  }
  dir.Write("other.csv", csv);
  const Outcome fit =
      Isoflop(dir,
              "fit other.csv --column params='Model Size' "
              "--column flops='Training FLOP' --bootstrap 0 -o out.json");
  ASSERT_EQ(fit.status, 0) << fit.err;
  const Json json = ReadJsonFile(dir / "out.json");
  EXPECT_NEAR(json["chinchilla"]["estimate"]["beta"].get<double>(), 0.28, 1e-4);
}

TEST(FitCommand, WritesTheReasonWhenTheDataSupportNoLaw) {
  const TempDir dir;
  dir.Write("one.csv", "N,D,L\n1e6,1e8,3.5\n");
  const Outcome fit = Isoflop(dir, "fit one.csv");
  EXPECT_EQ(fit.status, 4) << fit.err;
  const Json json = ReadJsonFile(dir / "fit.json");
  EXPECT_EQ(json["chinchilla"]["status"], "unsupported");
  EXPECT_FALSE(json["chinchilla"]["reason"].get<std::string>().empty());
  EXPECT_EQ(Isoflop(dir, "allocate fit.json --flops 1e20").status, 4);
}

TEST(FitCommand, AllocationsSpendTheWholeBudget) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  ASSERT_EQ(Isoflop(dir, "fit runs.csv --bootstrap 40").status, 0);
  const Outcome allocate =
      Isoflop(dir, "allocate fit.json --flops 1e21 1e22 --json");
  ASSERT_EQ(allocate.status, 0) << allocate.err;
  const Json json = ParseJson(allocate.out, "stdout");
  EXPECT_EQ(SchemaProblem(json, "allocation"), "");
  EXPECT_EQ(json["allocations"].size(), 2U);
}

TEST(FitCommand, AllocatesNothingByALawThatItDoesNotShow) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  const Outcome fit =
      Isoflop(dir, "fit runs.csv --laws kaplan --bootstrap 0 --flops 1e22");
  ASSERT_EQ(fit.status, 0) << fit.err;
  const Json json = ReadJsonFile(dir / "fit.json");
  EXPECT_EQ(SchemaProblem(json, "fit"), "");
  EXPECT_TRUE(json["allocations"].empty());
  EXPECT_TRUE(json["holdout"].empty());
  EXPECT_THAT(fit.out, HasSubstr("no allocation of budgets and no"));
  EXPECT_THAT(fit.out, Not(HasSubstr("by Approach 3\n")));
}

TEST(AllocateCommand, WarnsOfALawThatIsNotCertified) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  ASSERT_EQ(Isoflop(dir, "fit runs.csv --bootstrap 0").status, 0);
  const std::string allocate = "allocate fit.json --flops 1e21 --json";
  const Outcome sure = Isoflop(dir, allocate);
  EXPECT_EQ(sure.err, "");
  EXPECT_EQ(ParseJson(sure.out, "stdout")["certified"], true);
  Json json = ReadJsonFile(dir / "fit.json");
  json["chinchilla"]["certificate"]["converged"] = false;
  json.erase("checksum");
  dir.Write("fit.json", json.dump());
  const Outcome doubtful = Isoflop(dir, allocate);
  EXPECT_EQ(doubtful.status, 0);
  EXPECT_THAT(doubtful.err, HasSubstr("warning: fit.json: chinchilla: the law "
                                      "may not be the optimum"));
  const Json answer = ParseJson(doubtful.out, "stdout");
  EXPECT_EQ(answer["certified"], false);
  EXPECT_EQ(SchemaProblem(answer, "allocation"), "");
}

TEST(AllocateCommand, RefusesAFitOfWhichADigitHasChanged) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  ASSERT_EQ(Isoflop(dir, "fit runs.csv --bootstrap 0").status, 0);
  std::string text = ReadFile(dir / "fit.json");
  text[text.find("\"alpha\": 0.") + 11] = '7';
  dir.Write("fit.json", text);
  const Outcome allocate = Isoflop(dir, "allocate fit.json --flops 1e21");
  EXPECT_EQ(allocate.status, 2);
  EXPECT_THAT(allocate.err, HasSubstr("fit.json: is damaged: its checksum is"));
}

TEST(FitCommand, SameSeedSameFileWhateverTheThreads) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  const std::string fit = "fit runs.csv --bootstrap 40 --seed 3 --threads ";
  ASSERT_EQ(Isoflop(dir, fit + "1 -o one.json").status, 0);
  ASSERT_EQ(Isoflop(dir, fit + "3 -o three.json").status, 0);
  EXPECT_EQ(ReadFile(dir / "one.json"), ReadFile(dir / "three.json"));
}

TEST(FitCommand, NeedsNoTerminalAndPrintsNoColour) {
  const TempDir dir;
  dir.Write("runs.csv", NoiseFreeCsv());
  const Outcome fit = Isoflop(dir, "fit runs.csv --bootstrap 0");
  EXPECT_THAT(fit.out, HasSubstr("Approach 3"));
  EXPECT_EQ(fit.out.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace isoflop
