// Several tables and sweep directories fitted or compared together.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/apps/tables.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

/// Two halves of a table, and a sweep.
class JoinedInputs : public testing::Test {
 protected:
  void SetUp() override {
    const std::string all = NoiseFreeCsv();
    std::size_t middle = all.find('\n');
    for (int row = 0; row < 12; ++row) middle = all.find('\n', middle + 1);
    dir_.Write("all.csv", all);
    dir_.Write("a.csv", all.substr(0, middle + 1));
    dir_.Write("b.csv", "N,D,L\n" + all.substr(middle + 1));
  }

  void WriteSweep() {
    const Outcome sweep = Isoflop(
        dir_, "sweep " ISOFLOP_SOURCE_DIR
              "/sweeps/smoke.json -o out --worker " ISOFLOP_FAKE_WORKER);
    ASSERT_EQ(sweep.status, 0) << sweep.err;
  }

  void ExpectRefused(const std::string& command, const std::string& message) {
    const Outcome outcome = Isoflop(dir_, command);
    EXPECT_EQ(outcome.status, 2) << command << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr(message)) << command;
  }

  TempDir dir_;
};

TEST_F(JoinedInputs, AreFittedAsOneTableWouldBe) {
  const std::string rest = " --bootstrap 0 --laws chinchilla";
  ASSERT_EQ(Isoflop(dir_, "fit all.csv -o all.json" + rest).status, 0);
  const Outcome outcome = Isoflop(dir_, "fit a.csv b.csv -o ab.json" + rest);
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const Json all = ReadJsonFile(dir_ / "all.json");
  const Json joined = ReadJsonFile(dir_ / "ab.json");
  EXPECT_EQ(joined["observations"]["source"], "a.csv, b.csv");
  EXPECT_EQ(joined["observations"]["used"], all["observations"]["used"]);
  EXPECT_EQ(joined["chinchilla"]["estimate"], all["chinchilla"]["estimate"]);
}

TEST_F(JoinedInputs, OfASweepAndATableAreFittedTogether) {
  WriteSweep();
  const Outcome outcome =
      Isoflop(dir_, "fit out a.csv -o both.json --bootstrap 0");
  ASSERT_NE(outcome.status, 2) << outcome.err;
  ASSERT_NE(outcome.status, 1) << outcome.err;
  ASSERT_NE(Isoflop(dir_, "fit out --bootstrap 0").status, 2);
  EXPECT_EQ(
      ReadJsonFile(dir_ / "both.json")["observations"]["used"].get<int>(),
      ReadJsonFile(dir_ / "out/fit.json")["observations"]["used"].get<int>() +
          12);
  const Outcome one = Isoflop(
      dir_, "fit out a.csv --where source=a.csv -o one.json --bootstrap 0");
  EXPECT_EQ(ReadJsonFile(dir_ / "one.json")["observations"]["used"], 12)
      << one.err;
}

TEST_F(JoinedInputs, AreComparedBySource) {
  const Outcome outcome =
      Isoflop(dir_, "compare a.csv b.csv --by source --bootstrap 0 -o c.json");
  ASSERT_NE(outcome.status, 2) << outcome.err;
  const Json json = ReadJsonFile(dir_ / "c.json");
  EXPECT_EQ(json["source"], "a.csv, b.csv");
  EXPECT_THAT(outcome.out, HasSubstr("b.csv"));
  ExpectRefused("compare a.csv b.csv", "source compares the inputs");
  ExpectRefused("compare a.csv all.csv --by source -o c.json",
                "was made from something else");
}

TEST_F(JoinedInputs, NeedAnOutputAndReplaceOnlyTheirOwn) {
  const std::string rest = " --bootstrap 0 --laws chinchilla";
  ExpectRefused("fit a.csv b.csv",
                "--output: must be given where there are "
                "several inputs");
  EXPECT_FALSE(std::filesystem::exists(dir_ / "fit.json"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Isoflop(dir_, "fit a.csv b.csv -o ab.json" + rest).status, 0);
  }
  ExpectRefused("fit all.csv -o ab.json" + rest,
                "was made from something else");
  ExpectRefused("fit b.csv a.csv -o ab.json" + rest,
                "was made from something else");
  for (const char* force : {"", " --force"}) {
    ExpectRefused("fit a.csv b.csv -o b.csv" + rest + force,
                  "b.csv is read by this command");
  }
}

TEST_F(JoinedInputs, ThatAreMissingOrNoTablesAreAllNamed) {
  dir_.Write("bad.csv", "params,loss\n1,2\n");
  std::filesystem::create_directory(dir_ / "folder");
  const std::string command = "fit a.csv none.csv folder nor -o x.json";
  for (const char* part : {"none.csv: ", "folder", "nor: "}) {
    ExpectRefused(command, part);
  }
  ExpectRefused("fit a.csv bad.csv -o x.json", "bad.csv:1: no column 'tokens'");
  EXPECT_FALSE(std::filesystem::exists(dir_ / "x.json"));
}

TEST_F(JoinedInputs, ThatAreTheSameAreRefused) {
  WriteSweep();
  std::filesystem::create_directory_symlink("out", dir_ / "link");
  ExpectRefused("fit a.csv b.csv a.csv -o x.json", "a.csv: is given twice");
  ExpectRefused("fit a.csv ./a.csv -o x.json",
                "./a.csv: is the same as a.csv; give it once");
  ExpectRefused("fit out out/ -o x.json", "out/: is the same as out");
  ExpectRefused("fit out link -o x.json", "link: is the same as out");
  // Copies are told by their runs.
  std::filesystem::copy(dir_ / "out", dir_ / "copy",
                        std::filesystem::copy_options::recursive);
  ExpectRefused("fit out copy -o x.json", ": in out and in copy");
  ExpectRefused("fit a.csv all.csv -o x.json", ": in a.csv and in all.csv");
}

TEST_F(JoinedInputs, RefuseOptionsThatMeanOneOfThem) {
  ExpectRefused("fit a.csv b.csv -o x.json --drop 3", "--drop: of several");
  ExpectRefused("fit a.csv b.csv -o x.json --x params --y loss",
                "--x: of several inputs, of which");
  ExpectRefused("fit a.csv b.csv -o x.json --column loss=y",
                "no input has a column 'y' (loss)");
  ExpectRefused("fit a.csv b.csv -o x.json --where source=c.csv", "c.csv");
  ExpectRefused("fit a.csv b.csv -o x.json --where lr=1", "lr");
}

TEST_F(JoinedInputs, OfDifferentTokenizersAreComparedInBitsPerByte) {
  // The same law; a token of the second is of twice the bytes.
  std::string one = "params,tokens,loss,bytes_per_token,data\n";
  std::string two = one;
  for (const double N : {1e6, 2e6, 4e6, 8e6}) {
    for (const double D : {1e8, 2e8, 4e8, 8e8}) {
      const double loss =
          1.7 + 400.0 / std::pow(N, 0.34) + 410.0 / std::pow(D, 0.28);
      one += fmt::format("{},{},{},2,bytes\n", N, D, loss);
      two += fmt::format("{},{},{},4,pairs\n", N, D, 2.0 * loss);
    }
  }
  dir_.Write("one.csv", one);
  dir_.Write("two.csv", two);
  const Outcome fit = Isoflop(
      dir_, "fit one.csv two.csv --bits-per-byte --bootstrap 0 -o bpb.json");
  ASSERT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("bits per byte"));
  const Json json = ReadJsonFile(dir_ / "bpb.json");
  EXPECT_EQ(json["observations"]["loss_unit"], "bits_per_byte");
  EXPECT_EQ(SchemaProblem(json, "fit"), "");
  EXPECT_NEAR(json["chinchilla"]["estimate"]["E"].get<double>(),
              1.7 / (2.0 * std::log(2.0)), 1e-6);
  const Outcome compared = Isoflop(
      dir_, "compare one.csv two.csv --by data --bits-per-byte --bootstrap 0");
  EXPECT_EQ(compared.status, 0) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("bits per byte"));
  ExpectRefused("fit one.csv a.csv --bits-per-byte -o x.json",
                "bits per byte need the bytes of a token");
}

TEST_F(JoinedInputs, RefuseLossesOfDifferentKinds) {
  dir_.Write("mse.csv",
             "params,tokens,loss,loss_unit\n1e6,1e8,0.5,squared_error\n");
  ExpectRefused("fit a.csv mse.csv -o x.json",
                "losses are in nats in some rows and squared errors in others");
}

}  // namespace
}  // namespace isoflop
