#include "lib/plot/draw.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <regex>

#include "tests/support/xml_check.h"

namespace isoflop {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr PanelSize kSize = {680.0, 420.0};

/// Points and lines of `count` kinds that end close to each other.
Panel Crowded(int count) {
  Panel panel{.title = "Crowded",
              .x = {"C (FLOPs)", ScaleKind::kLog, TickStyle::kPowers},
              .y = {"loss (nats per token)"}};
  for (int i = 0; i < count; ++i) {
    const double y = 2.0 + 0.001 * i;
    const std::string name = "budget number " + std::to_string(i);
    panel.points.push_back({.name = name,
                            .hue = Hue::Step(i, count),
                            .marker = MarkerOf(i),
                            .points = {{1e18, y, 0.1}, {1e20, y - 0.1, 0.1}}});
    panel.lines.push_back({.name = "law " + std::to_string(i),
                           .hue = Hue::Kind(i),
                           .pieces = {{{1e18, y}, {1e19, y}, {1e20, y}}},
                           .end_label = "law " + std::to_string(i),
                           .inline_label = std::to_string(y)});
    panel.rules.push_back({i % 2 == 0, i % 2 == 0 ? 1e19 : 2.0, name});
  }
  return panel;
}

Figure FigureOf(Panel panel) {
  return {.id = "crowd",
          .title = "A crowd",
          .description = "Much at one place",
          .panels = {std::move(panel)}};
}

void ExpectApart(const std::vector<Box>& boxes) {
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      EXPECT_FALSE(Overlapping(boxes[i], boxes[k]))
          << boxes[i].left << "," << boxes[i].top << " and " << boxes[k].left
          << "," << boxes[k].top;
    }
  }
}

TEST(DrawPanel, KeepsTextApartAndInside) {
  for (const int count : {0, 1, 3, 8, 20}) {
    for (const double width : {330.0, 680.0}) {
      SCOPED_TRACE(std::to_string(count) + " at " + std::to_string(width));
      const Drawing drawing =
          DrawPanel(Crowded(count), {width, 420.0}, "a", ColourStyle::kPage);
      ExpectApart(drawing.texts);
      for (const Box& box : drawing.texts) {
        EXPECT_GE(box.left, 0.0);
        EXPECT_LE(box.right, width);
        EXPECT_GE(box.top, 0.0);
        EXPECT_LE(box.bottom, 420.0);
      }
    }
  }
}

TEST(DrawPanel, KeepsTicksApartWhateverTheRange) {
  for (int low = -12; low <= 24; low += 3) {
    for (const double decades : {0.01, 0.3, 1.0, 2.0, 7.0, 30.0}) {
      for (const TickStyle style :
           {TickStyle::kPlain, TickStyle::kPowers, TickStyle::kCounts}) {
        Panel panel{.title = "",
                    .x = {"x", ScaleKind::kLog, style},
                    .y = {"y", ScaleKind::kLog, style}};
        const double first = std::pow(10.0, low);
        const double last = first * std::pow(10.0, decades);
        panel.points.push_back(
            {.name = "runs", .points = {{first, first}, {last, last}}});
        const Drawing drawing =
            DrawPanel(panel, {340.0, 300.0}, "a", ColourStyle::kPage);
        SCOPED_TRACE(std::to_string(low) + " " + std::to_string(decades));
        ExpectApart(drawing.texts);
      }
    }
  }
}

TEST(PanelSvg, IsWellFormedAndSaysWhatItIs) {
  const std::string svg = PanelSvg(FigureOf(Crowded(5)), 0, kSize);
  EXPECT_EQ(XmlFault(svg), "");
  EXPECT_THAT(svg, HasSubstr("role=\"img\""));
  EXPECT_THAT(svg, HasSubstr("<title id=\"crowd-1-t\">A crowd: Crowded"));
  EXPECT_THAT(svg, HasSubstr("<desc id=\"crowd-1-d\">Much at one place"));
}

TEST(PanelSvg, EscapesEveryText) {
  const std::string bad = "<script>\"'&\x1b\xe2\x80\xae\xff";
  Panel panel{.title = bad, .x = {bad}, .y = {bad}};
  panel.points.push_back(
      {.name = bad, .points = {{1.0, 2.0, {}, {}, {}, bad}}});
  panel.lines.push_back({.name = bad,
                         .pieces = {{{1.0, 2.0}, {1.1, 2.1}}},
                         .end_label = bad,
                         .inline_label = bad});
  panel.rules.push_back({true, 1.0, bad});
  Figure figure{"x", bad, bad, {bad}, {panel}};
  for (const std::string& svg :
       {PanelSvg(figure, 0, kSize), FigureSvg(figure, kSize)}) {
    EXPECT_EQ(XmlFault(svg), "");
    EXPECT_THAT(svg, Not(HasSubstr("<script")));
    EXPECT_THAT(svg, Not(HasSubstr("\xe2\x80\xae")));
  }
}

TEST(DrawPanel, GivesEveryPointItsExactNumbers) {
  Panel panel{.title = "",
              .x = {"N (parameters)", ScaleKind::kLog, TickStyle::kCounts},
              .y = {"loss"}};
  panel.points.push_back(
      {.name = "runs",
       .points = {{1.0 / 3.0, 0.1, 0.0123, {}, Extent{0.2, 0.5}, "run 7"}}});
  const std::string svg =
      DrawPanel(panel, kSize, "a", ColourStyle::kPage).elements;
  EXPECT_THAT(svg, HasSubstr("data-x=\"0.3333333333333333\" data-y=\"0.1\" "
                             "data-error=\"0.0123\" data-left=\"0.2\" "
                             "data-right=\"0.5\""));
  EXPECT_THAT(svg, HasSubstr("<title>run 7; N 0.3333; loss 0.1 "));
}

TEST(DrawPanel, DropsWhatALogAxisHasNoPlaceFor) {
  Panel panel{.title = "", .x = {"N", ScaleKind::kLog}, .y = {"loss"}};
  panel.points.push_back({.name = "runs",
                          .points = {{10.0, 1.0},
                                     {100.0, 2.0},
                                     {0.0, 1.5},
                                     {-3.0, 1.5},
                                     {std::nan(""), 1.5},
                                     {20.0, std::nan("")}}});
  panel.lines.push_back(
      {.name = "law", .pieces = {{{-1.0, 1.0}, {0.0, 1.0}, {50.0, 1.0}}}});
  EXPECT_EQ(PointsWithoutPlace(panel), 4);
  EXPECT_EQ(PointsOutsideFrame(panel), 0);
  const AxisRange range = XRangeOf(panel);
  EXPECT_GT(range.low, 5.0);
  EXPECT_LT(range.high, 200.0);
  const std::string svg =
      DrawPanel(panel, kSize, "a", ColourStyle::kPage).elements;
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
  const std::regex point("data-x=");
  EXPECT_EQ(std::distance(std::sregex_iterator(svg.begin(), svg.end(), point),
                          std::sregex_iterator()),
            2);
}

TEST(DrawPanel, LeavesOutWhatIsOutsideOfTheFrame) {
  Panel panel{.title = "", .x = {"x"}, .y = {"y"}};
  panel.y.high = 1.0;
  panel.points.push_back(
      {.name = "runs", .points = {{1.0, 0.5}, {2.0, 0.0}, {3.0, 5.0}}});
  EXPECT_EQ(PointsOutsideFrame(panel), 1);
  EXPECT_THAT(DrawPanel(panel, kSize, "a", ColourStyle::kPage).elements,
              Not(HasSubstr("data-y=\"5\"")));
}

TEST(FigureSvg, StandsAloneInMillimetresWithoutVariables) {
  Figure figure = FigureOf(Crowded(3));
  figure.panels.push_back(Crowded(2));
  figure.panels.push_back(Crowded(1));
  const std::string svg = FigureSvg(figure, {340.0, 300.0});
  EXPECT_EQ(XmlFault(svg), "");
  EXPECT_THAT(svg, HasSubstr("width=\"179.92mm\" height=\"158.75mm\""));
  EXPECT_THAT(svg, Not(HasSubstr("var(")));
  EXPECT_THAT(svg, Not(HasSubstr("style=")));
  EXPECT_THAT(svg, HasSubstr("<text"));
}

TEST(Markers, AreToldApartByShape) {
  std::set<std::string> shapes;
  for (int i = 0; i < 6; ++i) {
    Panel panel{.title = "", .x = {"x"}, .y = {"y"}};
    panel.points.push_back({.marker = MarkerOf(i), .points = {{1.0, 1.0}}});
    const std::string svg =
        DrawPanel(panel, kSize, "a", ColourStyle::kPage).elements;
    shapes.insert(svg.substr(svg.find("<g class=\"points\"")));
  }
  EXPECT_EQ(shapes.size(), 6U);
}

TEST(ColourSheet, HasEveryColourOnLightAndOnDarkPaper) {
  const std::string sheet = ColourSheet();
  for (const char* name : {"--ink:", "--paper:", "--k0:", "--k5:", "--s7:"}) {
    int count = 0;
    for (std::size_t at = sheet.find(name); at != std::string::npos;
         at = sheet.find(name, at + 1)) {
      ++count;
    }
    EXPECT_EQ(count, 3) << name;
  }
}

}  // namespace
}  // namespace isoflop
