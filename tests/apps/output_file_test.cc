// What -o may replace: never what is read, and of the rest only what the same
// command wrote there of the same source.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/apps/tables.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

const char kFit[] = " --bootstrap 0";

class OutputFile : public testing::Test {
 protected:
  void SetUp() override {
    dir_.Write("mine.csv", NoiseFreeCsv());
    dir_.Write("other.csv", NoiseFreeCsv());
  }

  /// A finished sweep in "out", and another one in "out2".
  void WriteSweeps() {
    for (const char* name : {"out", "out2"}) {
      Json sweep = ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/smoke.json");
      sweep["name"] = name;
      dir_.Write(std::string(name) + ".json", sweep.dump());
      const std::string command = std::string("sweep ") + name + ".json -o " +
                                  name + " --worker " ISOFLOP_FAKE_WORKER;
      ASSERT_EQ(Isoflop(dir_, command).status, 0);
    }
  }

  void ExpectRefused(const std::string& command, const std::string& file,
                     const std::string& message) {
    const std::string before = ReadFile(dir_ / file);
    const Outcome outcome = Isoflop(dir_, command);
    EXPECT_EQ(outcome.status, 2) << command << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr(message)) << command;
    EXPECT_EQ(ReadFile(dir_ / file), before) << command;
  }

  void ExpectDone(const std::string& command) {
    const Outcome outcome = Isoflop(dir_, command);
    EXPECT_NE(outcome.status, 2) << command << outcome.err;
    EXPECT_NE(outcome.status, 1) << command << outcome.err;
  }

  TempDir dir_;
};

TEST_F(OutputFile, IsNeverATableThatIsRead) {
  std::filesystem::create_symlink("mine.csv", dir_ / "link.csv");
  std::filesystem::create_hard_link(dir_ / "mine.csv", dir_ / "hard.csv");
  std::filesystem::create_directory(dir_ / "sub");
  for (const char* output :
       {"mine.csv", "./mine.csv", "sub/../mine.csv", "link.csv", "hard.csv"}) {
    for (const char* force : {"", " --force"}) {
      const std::string rest =
          std::string(" mine.csv -o ") + output + force + kFit;
      ExpectRefused("fit" + rest, "mine.csv", "is read by this command");
      ExpectRefused("compare --by params" + rest, "mine.csv",
                    "is read by this command");
    }
  }
  ExpectRefused(std::string("fit link.csv -o mine.csv --force") + kFit,
                "mine.csv", "is read by this command, as link.csv");
}

TEST_F(OutputFile, IsReplacedByTheSameCommandOfTheSameSource) {
  for (const char* input : {"mine.csv", "./mine.csv", "mine.csv"}) {
    ExpectDone(std::string("fit ") + input + kFit);
  }
  ExpectDone(std::string("fit mine.csv --laws chinchilla") + kFit);
  // A column r of two recipes.
  std::string recipes = "r," + NoiseFreeCsv();
  int row = 0;
  for (std::size_t at = recipes.find('\n'); at + 1 < recipes.size();
       at = recipes.find('\n', at + 1)) {
    recipes.insert(at + 1, ++row % 2 == 0 ? "a," : "b,");
  }
  dir_.Write("recipes.csv", recipes);
  for (int i = 0; i < 2; ++i) {
    ExpectDone(std::string("compare recipes.csv --by r -o c.json") + kFit);
  }
  ExpectRefused(std::string("compare mine.csv --by r -o c.json") + kFit,
                "c.json", "was made from something else");
}

TEST_F(OutputFile, IsNotTheFitOfAnotherTable) {
  ExpectDone(std::string("fit mine.csv") + kFit);
  ExpectRefused(std::string("fit other.csv") + kFit, "fit.json",
                "fit.json is there already, and was made from something else; "
                "name another file with -o, or replace it with --force");
  ExpectDone(std::string("fit other.csv --force") + kFit);
  EXPECT_EQ(ReadJsonFile(dir_ / "fit.json")["observations"]["source"],
            "other.csv");
}

TEST_F(OutputFile, IsNothingElseThatLiesThere) {
  dir_.Write("text.txt", "a text");
  dir_.Write("list.json", "[1, 2]");
  dir_.Write("torn.json", "{\"schema\": \"isoflop.fit/1\"");
  dir_.Write("plan.json", R"({"schema": "isoflop.plan/1"})");
  for (const char* output :
       {"text.txt", "list.json", "torn.json", "plan.json", "other.csv"}) {
    const std::string command = std::string("fit mine.csv -o ") + output + kFit;
    ExpectRefused(command, output, "is not what this command writes");
    ExpectDone(command + " --force");
    EXPECT_EQ(ReadJsonFile(dir_ / output)["schema"], "isoflop.fit/1");
  }
  dir_.Write("empty", "");
  ExpectDone(std::string("fit mine.csv -o empty") + kFit);
  ExpectRefused(std::string("compare mine.csv --by params -o empty") + kFit,
                "empty", "is not what this command writes");
}

TEST_F(OutputFile, IsNothingOfASweepDirectoryThatIsRead) {
  WriteSweeps();
  const auto run = std::filesystem::directory_iterator(dir_ / "out/runs");
  const std::string result =
      "out/runs/" + run->path().filename().string() + "/result.json";
  ExpectDone(std::string("fit out") + kFit);
  for (const std::string& file :
       {std::string("out/plan.json"), std::string("out/sweep.json"), result}) {
    for (const char* force : {"", " --force"}) {
      const std::string rest = " -o " + file + force;
      ExpectRefused("fit out" + rest + kFit, file, "is read by this command");
      ExpectRefused("export out" + rest, file, "is read by this command");
      ExpectRefused("export out --format csv" + rest, file,
                    "is read by this command");
    }
  }
  ExpectRefused("export out -o out/fit.json --force", "out/fit.json",
                "is read by this command");
}

TEST_F(OutputFile, OfASweepMayBeMadeAgainWhereverItIsMovedTo) {
  WriteSweeps();
  for (const char* name : {"out", "moved"}) {
    const std::string dir = name;
    for (int i = 0; i < 2; ++i) {
      ExpectDone("fit " + dir + kFit);
      ExpectDone("export " + dir + " -o all.json");
      ExpectDone("export " + dir + " -o " + dir + "/all.json");
      ExpectDone("export " + dir + " -o runs.csv --format csv");
      ExpectDone("export " + dir + " -o runs.jsonl --format jsonl");
    }
    if (dir == "out") std::filesystem::rename(dir_ / "out", dir_ / "moved");
  }
  ExpectRefused("export out2 -o all.json", "all.json", "from something else");
  ExpectRefused("export out2 -o mine.csv --format csv", "mine.csv",
                "is not what this command writes");
  ExpectRefused(std::string("fit out2 -o moved/fit.json") + kFit,
                "moved/fit.json", "from something else");
  ExpectDone("export out2 -o mine.csv --format csv --force");
}

}  // namespace
}  // namespace isoflop
