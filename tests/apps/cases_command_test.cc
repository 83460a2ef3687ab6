// Tables as users bring them, each with what once went wrong: the files stand
// beside the project and not in it, so the tests skip where they are not.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "tests/apps/command.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::filesystem::path kCases = ISOFLOP_SOURCE_DIR "/../shared/cases";

/// What a command said, with its lines joined: they break between any words.
std::string OneLine(const Outcome& outcome) {
  std::istringstream words(outcome.out + " " + outcome.err);
  std::string line;
  for (std::string word; words >> word;) line += word + " ";
  return line;
}

struct Case {
  std::string command;             // "%" stands for the folder of the cases
  int status;                      // of the program
  std::vector<std::string> words;  // that it says
};

std::string InCases(std::string command) {
  const auto at = command.find('%');
  return command.replace(at, 1, kCases.string());
}

const std::vector<Case> kSaid = {
    {"fit %/exact.csv --laws chinchilla,farseer",
     0,
     {"the residuals of chinchilla are rounding", "no noise to judge by"}},
    {"fit %/iso_div.csv --laws chinchilla,isoflop",
     0,
     {"line 19", "where 2.919 is predicted", "--drop 19"}},
    {"fit %/bimodal.csv --column params=parameter_count "
     "--column tokens=total_tokens --column loss=cd_val_loss --laws chinchilla",
     0,
     {"runs with regime=2 lie 8.80 % above", "--where 'regime!=2'"}},
    {"fit %/lrsweep.csv --laws chinchilla",
     0,
     {"runs at the same (N, D) differ in lr", "by 20 % in the median",
      "--best-of lr"}},
    {"fit %/mixed.csv --laws chinchilla",
     4,
     {"differ in dataset", "--where dataset=", "isoflop compare --by dataset"}},
    {"fit %/ckpts.csv --laws chinchilla",
     0,
     {"like checkpoints of one run", "--column group=run"}},
    {"fit %/group1.csv --laws chinchilla",
     0,
     {"every row is of the group 'all'", "taken for independent"}},
    {"fit %/narrow2.csv --laws chinchilla", 4, {"not supported"}},
    {"fit %/sameD.csv --laws chinchilla", 4, {"not supported"}},
    {"fit %/millions.csv --laws chinchilla",
     0,
     {"these cannot be parameters and tokens", "params=\"params*1e6\""}},
    {"fit %/dbillions.csv --laws chinchilla",
     0,
     {"these cannot be parameters and tokens", "tokens=\"tokens*1e9\""}},
    {"fit %/suffix.csv --laws chinchilla", 0, {"(C/6)^0.5080"}},
    {"fit %/bud.csv --laws chinchilla",
     0,
     {"budget_flops is 3.62e-17 times the compute of the runs"}},
    {"fit %/ppl.csv --laws chinchilla",
     0,
     {"cannot be nats per token", "--loss-unit perplexity"}},
    {"fit %/no_params.csv --column flops=budget_flops --laws chinchilla",
     0,
     {"N = C/(6D)"}},
    {"compare %/names.csv --by opt",
     0,
     {"baseline_adam", "baseline_muon", "baseline_lion"}},
    {"fit %/twoN.csv --column params_total=N --laws chinchilla",
     0,
     {"(C/6)^0.5080"}},
    {"fit %/st_wandb.csv --column status=State --laws chinchilla",
     0,
     {"rows left out by their status: 4 crashed"}},
    {"fit %/st_nan.csv --laws chinchilla", 0, {"left out by their status"}},
    {"fit %/st_nan.jsonl --laws chinchilla", 0, {"left out by their status"}},
    {"fit %/na.csv --laws chinchilla", 0, {"left out by their status"}},
    {"fit %/seedfloat.csv --laws chinchilla", 0, {"(C/6)^0.4517"}},
    {"fit %/floatint.jsonl --laws chinchilla", 0, {"(C/6)^0.4517"}},
    {"fit %/sepcomma.csv --laws chinchilla", 0, {"(C/6)^0.4517"}},
    {"fit %/arr.json --laws chinchilla", 0, {"(C/6)^0.5080"}},
    {"compare %/cmp_clean.csv --by arch", 0, {"the same exponents"}},
    {"compare %/cmp_o30.csv --by arch",
     0,
     {"no noise explains the loss 6 of y", "--drop 32"}},
    {"compare %/cmp_outlier.csv --by arch",
     0,
     {"no noise explains the loss 9.5 of y", "--drop 41"}},
};

class Cases : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kCases)) {
      GTEST_SKIP() << "no folder of cases beside the project";
    }
  }

  TempDir dir_;
};

TEST_F(Cases, AreAnsweredAsTheyShouldBe) {
  for (const Case& one : kSaid) {
    SCOPED_TRACE(one.command);
    const Outcome outcome = Isoflop(
        dir_, InCases(one.command) + " --bootstrap 50 -o fit.json --force" +
                  (one.command.starts_with("fit ") ? " --details" : ""));
    const std::string said = OneLine(outcome);
    EXPECT_EQ(outcome.status, one.status) << said;
    for (const std::string& words : one.words) {
      EXPECT_THAT(said, HasSubstr(words));
    }
  }
}

TEST_F(Cases, ShowNoRatiosOfRounding) {
  const Outcome outcome = Isoflop(
      dir_, InCases("fit %/exact.csv --laws chinchilla,farseer --bootstrap 0 "
                    "--details"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("e+15 %")));
}

TEST_F(Cases, HaveNoLawToAllocateByWhereNIsTheSameEverywhere) {
  for (const char* table : {"narrow2", "sameD"}) {
    SCOPED_TRACE(table);
    Isoflop(
        dir_,
        InCases("fit %/" + std::string(table) +
                ".csv --laws chinchilla --bootstrap 0 -o fit.json --force"));
    const Outcome outcome = Isoflop(dir_, "allocate fit.json --flops 1e20");
    EXPECT_EQ(outcome.status, 4);
    EXPECT_THAT(OneLine(outcome), HasSubstr("no law to allocate by"));
    EXPECT_THAT(OneLine(outcome), HasSubstr("more runs with"));
  }
}

TEST_F(Cases, AgreeInWhetherOneLawServesForAllWithAnOutlierAndWithout) {
  for (const char* table : {"cmp_clean", "cmp_o30", "cmp_outlier"}) {
    const Outcome outcome = Isoflop(
        dir_, InCases("compare %/" + std::string(table) +
                      ".csv --by arch --bootstrap 0 -o fit.json --force"));
    EXPECT_THAT(OneLine(outcome), HasSubstr("the same exponents: not refuted"))
        << table;
  }
}

TEST_F(Cases, AreFittedToTheirLowestKnownMinimum) {
  Isoflop(dir_, InCases("fit %/fars_miss.csv --laws chinchilla,farseer "
                        "--bootstrap 0 -o fit.json --force"));
  const Json farseer = ReadJsonFile(dir_ / "fit.json")["laws"]["farseer"];
  EXPECT_LE(farseer["objective"]["value"].get<double>(), 2.89e-5);
}

// By chance, an interval of 95 % misses one of six in a quarter of all cases.
TEST_F(Cases, HoldTheExponentOfBudgetsThatScatterInFiveOfSix) {
  int held = 0;
  for (int i = 0; i < 6; ++i) {
    Isoflop(dir_,
            InCases(fmt::format("fit %/scattered_vertices_{}.csv --laws "
                                "isoflop --bootstrap 200 -o fit.json --force",
                                i)));
    const Json a = ReadJsonFile(dir_ / "fit.json")["isoflop"]["a"];
    const auto interval = a["interval95"].get<std::vector<double>>();
    held += interval.at(0) <= 0.5 && 0.5 <= interval.at(1) ? 1 : 0;
    // An interval and a standard error of one estimate go together.
    EXPECT_GE(interval.at(1) - interval.at(0),
              3.0 * a["standard_error"].get<double>())
        << i;
  }
  EXPECT_GE(held, 5);
}

}  // namespace
}  // namespace isoflop
