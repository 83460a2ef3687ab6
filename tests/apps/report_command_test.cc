// `isoflop report`: pages and pictures, of sweeps and of fits.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/support/schema_check.h"
#include "tests/support/scoped_env.h"
#include "tests/support/xml_check.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kDemoSweep =
    "sweep " ISOFLOP_SOURCE_DIR
    "/sweeps/demo.json -o out --devices cpu --jobs 2 "
    "--worker " ISOFLOP_FAKE_WORKER;

/// The page, which has to be well-formed but for its first line and the style.
std::string Page(const fs::path& file) {
  std::string page = ReadFile(file);
  std::string xml = page.substr(page.find('\n') + 1);
  const std::size_t style = xml.find("<style>") + 7;
  xml.erase(style, xml.find("</style>") - style);
  EXPECT_EQ(XmlFault(xml), "");
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  return page;
}

/// A table on a law, with a little noise.
std::string Table() {
  std::string csv = "params,tokens,loss\n";
  int i = 0;
  for (const double N : {1e7, 3e7, 1e8, 3e8, 1e9}) {
    for (const double D : {1e9, 3e9, 1e10, 3e10}) {
      const double loss = 1.8 + 480.0 * std::pow(N, -0.35) +
                          2100.0 * std::pow(D, -0.37) +
                          0.002 * std::sin(7.0 * ++i);
      csv += fmt::format("{},{},{}\n", N, D, loss);
    }
  }
  return csv;
}

TEST(ReportCommand, MakesAPageOfASweepAndItsFit) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, kDemoSweep + " --fit").status, 0);
  EXPECT_EQ(SchemaProblem(ReadJsonFile(dir / "out/fit.json"), "fit"), "");
  const Outcome report = Isoflop(dir, "report out");
  EXPECT_EQ(report.status, 0) << report.err;
  EXPECT_THAT(report.err, HasSubstr("written: out/report.html"));
  const std::string page = Page(dir / "out/report.html");
  for (const char* figure : {"training", "isoflop", "optima", "surface",
                             "residuals", "holdout", "projection", "draws"}) {
    EXPECT_THAT(page, HasSubstr(std::string("id=\"figure-") + figure + "\""));
  }
  EXPECT_THAT(page, AllOf(HasSubstr("33 of 33 runs of the sweep ended well"),
                          HasSubstr("The sweep file")));
  EXPECT_LT(page.size(), 2000000U);
}

TEST(ReportCommand, WritesItsOwnPageAgainAndNoOther) {
  const TempDir dir;
  dir.Write("runs.csv", Table());
  ASSERT_EQ(Isoflop(dir, "fit runs.csv -o law.json --bootstrap 40").status, 0);
  EXPECT_EQ(Isoflop(dir, "report law.json").status, 0);
  EXPECT_TRUE(fs::exists(dir / "law.report.html"));
  EXPECT_EQ(Isoflop(dir, "report law.json").status, 0);
  dir.Write("mine.html", "<html>mine</html>");
  const Outcome foreign = Isoflop(dir, "report law.json -o mine.html");
  EXPECT_EQ(foreign.status, 2);
  EXPECT_THAT(foreign.err, HasSubstr("is not what this command writes"));
  EXPECT_EQ(ReadFile(dir / "mine.html"), "<html>mine</html>");
  EXPECT_EQ(Isoflop(dir, "report law.json -o mine.html --force").status, 0);
  Page(dir / "mine.html");
  const Outcome input = Isoflop(dir, "report law.json -o law.json --force");
  EXPECT_EQ(input.status, 2);
  EXPECT_THAT(input.err, HasSubstr("is read by this command"));
}

TEST(ReportCommand, NeverWritesOverWhatASweepIsMadeOf) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, kDemoSweep + " --fit").status, 0);
  for (const char* file : {"sweep.json", "plan.json", "fit.json"}) {
    const std::string before = ReadFile(dir / ("out/" + std::string(file)));
    const Outcome report =
        Isoflop(dir, std::string("report out --force -o out/") + file);
    EXPECT_EQ(report.status, 2) << file;
    EXPECT_EQ(ReadFile(dir / ("out/" + std::string(file))), before);
  }
}

TEST(ReportCommand, OfASweepWithoutAFitShowsWhatThereIs) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, kDemoSweep).status, 0);
  ASSERT_EQ(Isoflop(dir, "report out").status, 0);
  EXPECT_THAT(
      Page(dir / "out/report.html"),
      AllOf(HasSubstr("id=\"figure-training\""), HasSubstr("isoflop fit out"),
            Not(HasSubstr("id=\"figure-surface\""))));
}

TEST(ReportCommand, NamesRunsThatFailedWithTheirCause) {
  const TempDir dir;
  {
    const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "exit");
    const ScopedEnv run("ISOFLOP_FAKE_RUN", "d12-");
    Isoflop(dir, kDemoSweep);
  }
  ASSERT_EQ(Isoflop(dir, "report out").status, 0);
  EXPECT_THAT(Page(dir / "out/report.html"),
              AllOf(HasSubstr("Failed or diverged"), HasSubstr("d12-"),
                    HasSubstr("--retry-failed")));
}

TEST(ReportCommand, NamesGroupsThatAreStoppedWithTheirCause) {
  const TempDir dir;
  {
    const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "fail");
    const ScopedEnv run("ISOFLOP_FAKE_RUN", "d12-");
    Isoflop(dir, kDemoSweep);
  }
  ASSERT_EQ(Isoflop(dir, "report out").status, 0);
  EXPECT_THAT(Page(dir / "out/report.html"),
              AllOf(HasSubstr("Not trained, and why"),
                    HasSubstr("the data have moved away"),
                    HasSubstr("2 runs are not trained yet. Go on with: ")));
}

TEST(ReportCommand, MakesAPageOfASweepWhoseRunsAllFailed) {
  const TempDir dir;
  {
    const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "exit");
    Isoflop(dir, kDemoSweep);
  }
  const Outcome report = Isoflop(dir, "report out");
  EXPECT_EQ(report.status, 0) << report.err;
  EXPECT_THAT(Page(dir / "out/report.html"), HasSubstr("0 of 33 runs"));
}

TEST(ReportCommand, LeavesAnEmptyDirectoryEmpty) {
  const TempDir dir;
  fs::create_directory(dir / "new");
  for (const char* name : {"new", "new/"}) {
    EXPECT_EQ(Isoflop(dir, std::string("report ") + name).status, 0);
    EXPECT_THAT(Page(dir / "new.report.html"), HasSubstr("isoflop sweep"));
  }
  EXPECT_TRUE(fs::is_empty(dir / "new"));
}

TEST(ReportCommand, RefusesWhatIsNeitherASweepNorAFit) {
  const TempDir dir;
  dir.Write("notes.txt", "hello");
  dir.Write("other.json", "{}");
  dir.Write("torn.json", "{\"schema\": ");
  dir.Write("bad.json", R"({"schema": "isoflop.fit/1", "runs": 3})");
  for (const auto& [arguments, message] :
       std::vector<std::pair<std::string, std::string>>{
           {"report", "path is required"},
           {"report nowhere", "nowhere"},
           {"report notes.txt", "notes.txt"},
           {"report other.json", "not a fit"},
           {"report torn.json", "torn.json"},
           {"report bad.json", "bad.json.runs: must be an array"},
           {"report .", "sweep directory"},
           {"report other.json --format pdf", "--format"}}) {
    const Outcome report = Isoflop(dir, arguments);
    EXPECT_EQ(report.status, 2) << arguments;
    EXPECT_THAT(report.err, HasSubstr(message)) << arguments;
  }
}

TEST(ReportCommand, WritesEachFigureAloneForAPaper) {
  const TempDir dir;
  dir.Write("runs.csv", Table());
  ASSERT_EQ(Isoflop(dir, "fit runs.csv -o law.json --bootstrap 40").status, 0);
  ASSERT_EQ(Isoflop(dir, "report law.json --format svg").status, 0);
  int figures = 0;
  for (const auto& entry : fs::directory_iterator(dir / "law.figures")) {
    const std::string svg = ReadFile(entry.path());
    EXPECT_EQ(XmlFault(svg), "") << entry.path();
    EXPECT_THAT(svg, AllOf(HasSubstr("mm\""), Not(HasSubstr("var(")),
                           HasSubstr("<text")));
    ++figures;
  }
  EXPECT_GE(figures, 6);
  EXPECT_EQ(Isoflop(dir, "report law.json --format svg").status, 0);
  dir.Write("law.figures/surface.svg", "<svg>mine</svg>");
  EXPECT_EQ(Isoflop(dir, "report law.json --format svg").status, 2);
}

TEST(ReportCommand, MakesPicturesByAnInstalledProgramOrSaysWhichToInstall) {
  const TempDir dir;
  dir.Write("runs.csv", Table());
  ASSERT_EQ(Isoflop(dir, "fit runs.csv -o law.json --bootstrap 40").status, 0);
  {
    const ScopedEnv path("PATH", dir.path().string());
    const Outcome none = Isoflop(dir, "report law.json --format png");
    EXPECT_EQ(none.status, 2);
    EXPECT_THAT(none.err, HasSubstr("librsvg2-bin"));
  }
  fs::permissions(dir.Write("rsvg-convert",
                            "#!/bin/sh\nwhile [ \"$1\" != --output ]; do "
                            "shift; done\necho picture >\"$2\"\n"),
                  fs::perms::owner_all);
  const ScopedEnv path("PATH", dir.path().string() + ":/usr/bin:/bin");
  const Outcome one = Isoflop(dir, "report law.json --format png -o pictures");
  EXPECT_EQ(one.status, 0) << one.err;
  EXPECT_EQ(ReadFile(dir / "pictures/surface.png"), "picture\n");
  EXPECT_EQ(Isoflop(dir, "report law.json --format png -o pictures").status, 0);
  dir.Write("rsvg-convert", "#!/bin/sh\nexit 3\n");
  const Outcome failed = Isoflop(dir, "report law.json --format png -o failed");
  EXPECT_EQ(failed.status, 2);
  EXPECT_THAT(failed.err, HasSubstr("rsvg-convert could not make a picture of "
                                    "it (exited with status 3)"));
}

TEST(ReportCommand, ReadsFitsOfEarlierVersions) {
  const TempDir dir;
  dir.Write("runs.csv", Table());
  ASSERT_EQ(Isoflop(dir, "fit runs.csv -o law.json --bootstrap 40").status, 0);
  Json fit = ReadJsonFile(dir / "law.json");
  for (const char* key : {"runs", "checksum", "draws", "resampling"}) {
    fit.erase(key);
  }
  dir.Write("old.json", fit.dump());
  const Outcome report = Isoflop(dir, "report old.json");
  EXPECT_EQ(report.status, 0) << report.err;
  EXPECT_THAT(Page(dir / "old.report.html"),
              HasSubstr("id=\"figure-surface\""));
}

}  // namespace
}  // namespace isoflop
