#include "lib/plot/text_plot.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "lib/core/utf8.h"

namespace isoflop {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

/// y = x over 1 to 100 on two log axes, as a line, with points on it.
Panel Diagonal() {
  Panel panel{.title = "Identity",
              .x = {"x", ScaleKind::kLog},
              .y = {"y", ScaleKind::kLog}};
  panel.x.low = panel.y.low = 1.0;
  panel.x.high = panel.y.high = 100.0;
  panel.lines.push_back(
      {.name = "law", .pieces = {{{1.0, 1.0}, {100.0, 100.0}}}});
  panel.points.push_back(
      {.name = "minimum",
       .points = {{1.0, 1.0}, {10.0, 10.0}, {100.0, 100.0}}});
  return panel;
}

TEST(TextPlot, PutsPointsAndLinesWhereTheirValuesLie) {
  const auto lines = TextPlot(Diagonal(), {.columns = 26, .lines = 9});
  EXPECT_EQ(fmt::format("{}", fmt::join(lines, "\n")), R"(y over x
100 |                  ..o
    |             .....
    |        ..o..
    |   .....
  1 |o..
    +---------------------
     1                 100
o minimum  . law)");
}

TEST(TextPlot, KeepsToItsSizeWhateverItShows) {
  Panel panel = Diagonal();
  panel.y.title = std::string(300, 't');
  panel.points.front().name = std::string(300, 'n');
  panel.points.front().points.front().y_extent = Extent{1e-9, 1e9};
  panel.points.push_back({.points = {{2.0, 1e300}, {1e300, 2.0}}});
  for (std::size_t columns = 24; columns < 90; columns += 7) {
    for (std::size_t lines = 6; lines < 20; lines += 3) {
      const auto text = TextPlot(panel, {columns, lines});
      EXPECT_THAT(text, SizeIs(lines));
      for (const std::string& line : text) {
        EXPECT_LE(DisplayWidth(line), columns) << line;
        EXPECT_FALSE(line.ends_with(' ')) << line;
      }
    }
  }
}

TEST(TextPlot, NamesEverySeriesOnAsManyLinesAsThatTakes) {
  Panel panel = Diagonal();
  panel.points.front().name = "minimum of a profile";
  const auto text = TextPlot(panel, {.columns = 24, .lines = 9});
  EXPECT_EQ(text[7], "o minimum of a profile");
  EXPECT_EQ(text[8], ". law");
}

TEST(TextPlot, LeavesOutWhatTheAxesHaveNoPlaceFor) {
  Panel panel = Diagonal();
  panel.lines.clear();
  panel.points.front().points = {
      {0.0, 1.0},
      {1.0, -1.0},
      {std::numeric_limits<double>::quiet_NaN(), 1.0},
      {1.0, std::numeric_limits<double>::infinity()}};
  const auto text = TextPlot(panel, {});
  const std::vector<std::string> frame(text.begin() + 1, text.end() - 1);
  EXPECT_THAT(frame, Each(Not(HasSubstr("o"))));
}

TEST(TextPlot, ShowsAPanelWithoutAnything) {
  EXPECT_THAT(TextPlot({}, {.columns = 30, .lines = 6}), SizeIs(6));
}

TEST(TextPlot, DrawsIntervalsAndRulesButNoDashedLines) {
  Panel panel{.x = {"x"}, .y = {"y"}};
  panel.x.low = panel.y.low = 0.0;
  panel.x.high = panel.y.high = 10.0;
  panel.rules.push_back({.at = 5.0});
  panel.lines.push_back({.name = "published",
                         .dash = Dash::kDashed,
                         .pieces = {{{0.0, 0.0}, {10.0, 10.0}}}});
  panel.points.push_back({.points = {{10.0, 5.0, {}, Extent{0.0, 10.0}}}});
  const auto text = TextPlot(panel, {.columns = 24, .lines = 8});
  EXPECT_THAT(text, SizeIs(8));
  EXPECT_THAT(text, Each(Not(HasSubstr("."))));
  EXPECT_THAT(text, Each(Not(HasSubstr("published"))));
  EXPECT_THAT(text[3], HasSubstr("----o"));
  EXPECT_TRUE(text[1].ends_with("|"));
  EXPECT_TRUE(text[5].ends_with("|"));
}

}  // namespace
}  // namespace isoflop
