// `isoflop export` in formats that other programs read: event files and
// specifications of figures.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"
#include "tests/apps/command.h"
#include "tests/support/event_reader.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;

const std::string kEvents = "/events.out.tfevents.0000000000.isoflop";

/// A sweep that has ended, in "out".
class ExportCommand : public testing::Test {
 protected:
  void SetUp() override {
    const Outcome sweep = Isoflop(
        dir_, "sweep " ISOFLOP_SOURCE_DIR
              "/sweeps/smoke.json -o out --worker " ISOFLOP_FAKE_WORKER);
    ASSERT_EQ(sweep.status, 0) << sweep.err;
  }

  std::vector<RunResult> Results() const {
    const SweepDir sweep(dir_ / "out");
    return LoadResults(sweep, LoadPlan(sweep));
  }

  void ExpectRefused(const std::string& arguments, const std::string& message) {
    const Outcome outcome = Isoflop(dir_, "export " + arguments);
    EXPECT_EQ(outcome.status, 2) << arguments << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr(message)) << arguments;
  }

  Outcome ExportEvents(const std::string& more = "") {
    return Isoflop(dir_, "export out --format tensorboard -o curves" + more);
  }

  TempDir dir_;
};

TEST_F(ExportCommand, WritesTheCurveOfEveryRunAsEventFile) {
  const Outcome outcome = ExportEvents();
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("written: curves"));
  const auto results = Results();
  ASSERT_FALSE(results.empty());
  for (const RunResult& run : results) {
    const auto events =
        EventsIn(ReadFile(dir_ / ("curves/" + run.id + kEvents)));
    ASSERT_GT(events.size(), 3U) << run.id;
    EXPECT_EQ(events[0].file_version, "brain.Event:2");
    EXPECT_EQ(events.back().step, run.tokens);
    EXPECT_EQ(events.back().scalars.at("step"), static_cast<float>(run.steps));
    EXPECT_EQ(events.back().scalars.count("loss/train"), 1U);
    EXPECT_TRUE(std::is_sorted(events.begin(), events.end(),
                               [](const ReadEvent& a, const ReadEvent& b) {
                                 return a.step < b.step;
                               }));
  }
  EXPECT_EQ(static_cast<std::size_t>(
                std::distance(fs::directory_iterator(dir_ / "curves"), {})),
            results.size());
}

TEST_F(ExportCommand, WritesItsEventFilesAgainAndTheSameBytes) {
  ASSERT_EQ(ExportEvents().status, 0);
  const fs::path file = dir_ / ("curves/" + Results()[0].id + kEvents);
  const std::string before = ReadFile(file);
  ASSERT_EQ(ExportEvents().status, 0);
  EXPECT_EQ(ReadFile(file), before);
}

TEST_F(ExportCommand, ReplacesNoFileThatIsNotItsOwn) {
  const auto results = Results();
  fs::create_directories(dir_ / ("curves/" + results.back().id));
  dir_.Write("curves/" + results.back().id + kEvents, "somebody's");
  const Outcome outcome = ExportEvents();
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("is not what this command writes"));
  EXPECT_FALSE(fs::exists(dir_ / ("curves/" + results.front().id)));
  EXPECT_EQ(ExportEvents(" --force").status, 0);
}

TEST_F(ExportCommand, LeavesOutCurvesThatAreDamagedAndNamesThem) {
  const std::string id = Results()[0].id;
  const fs::path metrics = dir_ / ("out/runs/" + id + "/metrics.jsonl");
  WriteFileAtomically(metrics, "{\n" + ReadFile(metrics));
  const Outcome outcome = ExportEvents();
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("warning: 1 of the curves"));
  EXPECT_THAT(outcome.err, HasSubstr(id + "/metrics.jsonl:1"));
  EXPECT_FALSE(fs::exists(dir_ / ("curves/" + id)));
}

TEST_F(ExportCommand, NeedsAFolderForEventFiles) {
  ExpectRefused("out --format tensorboard", "name the folder");
  dir_.Write("file", "a text");
  ExpectRefused("out --format tensorboard -o file", "file is a file");
  ExpectRefused("out --format tensorboard -o file --force", "file is a file");
  ExpectRefused("out --format tensorflow -o x", "--format");
}

TEST_F(ExportCommand, HasNoEventsOfWhatHasNone) {
  for (const RunResult& run : Results()) {
    fs::remove(dir_ / ("out/runs/" + run.id + "/result.json"));
  }
  ExpectRefused("out --format tensorboard -o curves",
                "no run has ended with a curve yet");
  ExpectRefused("none --format tensorboard -o curves", "none");
  EXPECT_FALSE(fs::exists(dir_ / "curves"));
}

/// The names of the specifications in a folder, sorted, each of which has to be
/// one of `source`.
std::vector<std::string> FiguresIn(const fs::path& folder,
                                   const std::string& source) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const Json spec = ReadJsonFile(entry.path());
    EXPECT_EQ(spec["$schema"],
              "https://vega.github.io/schema/vega-lite/v5.json");
    EXPECT_EQ(spec["usermeta"]["source"], source);
    const std::string figure = spec["usermeta"]["figure"];
    EXPECT_EQ(entry.path().filename(), figure + ".vl.json");
    names.push_back(figure);
  }
  std::ranges::sort(names);
  return names;
}

TEST_F(ExportCommand, WritesTheFiguresOfASweepAsSpecifications) {
  ASSERT_NE(Isoflop(dir_, "fit out --bootstrap 0").status, 2);
  const Outcome outcome =
      Isoflop(dir_, "export out --format vega-lite -o figures");
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("written: figures/training.vl.json"));
  EXPECT_THAT(FiguresIn(dir_ / "figures", "smoke"),
              testing::Contains("training"));
}

/// A table on a law, without noise.
std::string Table() {
  std::string csv = "params,tokens,loss\n";
  for (const double N : {1e7, 3e7, 1e8, 3e8, 1e9}) {
    for (const double D : {1e9, 3e9, 1e10, 3e10}) {
      csv += fmt::format(
          "{},{},{}\n", N, D,
          1.8 + 480.0 * std::pow(N, -0.35) + 2100.0 * std::pow(D, -0.37));
    }
  }
  return csv;
}

class FigureExport : public testing::Test {
 protected:
  void SetUp() override {
    dir_.Write("runs.csv", Table());
    ASSERT_EQ(Isoflop(dir_, "fit runs.csv -o law.json --bootstrap 0").status,
              0);
  }

  Outcome Export(const std::string& arguments) {
    return Isoflop(dir_, "export law.json --format vega-lite " + arguments);
  }

  TempDir dir_;
};

TEST_F(FigureExport, OfAFitHasTheNumbersOfItsRuns) {
  ASSERT_EQ(Export("-o figures").status, 0);
  EXPECT_THAT(FiguresIn(dir_ / "figures", "runs.csv"),
              testing::Contains("surface"));
  const Json spec = ReadJsonFile(dir_ / "figures/surface.vl.json");
  std::vector<double> sizes;
  for (const Json& layer : spec["layer"]) {
    if (layer["mark"]["type"] != "point") continue;
    for (const Json& row : layer["data"]["values"]) sizes.push_back(row["x"]);
  }
  EXPECT_EQ(sizes.size(), 20U);
  EXPECT_EQ(std::ranges::count(sizes, 3e8), 4);
}

TEST_F(FigureExport, ReplacesItsOwnAndNothingElse) {
  ASSERT_EQ(Export("-o figures").status, 0);
  EXPECT_EQ(Export("-o figures").status, 0);
  dir_.Write("figures/surface.vl.json", "{\"mark\": \"bar\"}");
  const Outcome foreign = Export("-o figures");
  EXPECT_EQ(foreign.status, 2);
  EXPECT_THAT(foreign.err, HasSubstr("surface.vl.json is there already, and is "
                                     "not what this command writes"));
  EXPECT_EQ(Export("-o figures --force").status, 0);
  dir_.Write("other.csv", Table());
  ASSERT_EQ(Isoflop(dir_, "fit other.csv -o other.json --bootstrap 0").status,
            0);
  const Outcome other =
      Isoflop(dir_, "export other.json --format vega-lite -o figures");
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("was made from something else"));
}

TEST_F(FigureExport, RefusesWhatItCannotMean) {
  EXPECT_THAT(Export("").err, HasSubstr("name the folder"));
  EXPECT_THAT(Export("-o runs.csv").err, HasSubstr("runs.csv is a file"));
  EXPECT_EQ(Export("-o runs.csv --force").status, 2);
  EXPECT_EQ(ReadFile(dir_ / "runs.csv"), Table());
  for (const char* input : {"none.json", "runs.csv", "."}) {
    const Outcome outcome =
        Isoflop(dir_, std::string("export --format vega-lite -o x ") + input);
    EXPECT_EQ(outcome.status, 2) << input;
    EXPECT_FALSE(fs::exists(dir_ / "x")) << input;
  }
  fs::create_directory(dir_ / "empty");
  EXPECT_THAT(Isoflop(dir_, "export empty --format vega-lite -o x").err,
              HasSubstr("empty: there is nothing to draw yet"));
  for (const char* format : {"json", "jsonl", "tensorboard"}) {
    EXPECT_EQ(
        Isoflop(dir_, std::string("export law.json -o x --format ") + format)
            .status,
        2)
        << format;
  }
}

}  // namespace
}  // namespace isoflop
