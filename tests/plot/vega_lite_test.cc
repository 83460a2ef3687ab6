#include "lib/plot/vega_lite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Panel LogPanel() {
  Panel panel;
  panel.x = {.title = "parameters N",
             .scale = ScaleKind::kLog,
             .ticks = TickStyle::kCounts};
  panel.y = {.title = "loss (nats per token)"};
  panel.points.push_back(
      {.name = "runs",
       .hue = Hue::Kind(0),
       .points = {{.x = 1e6, .y = 4.0, .error = 0.1, .remark = "a"},
                  {.x = 1e7, .y = 3.0, .y_extent = Extent{2.5, 3.5}},
                  {.x = 1e8, .y = 2.0, .x_extent = Extent{5e7, 2e8}}}});
  panel.lines.push_back({.name = "law",
                         .hue = Hue::Kind(1),
                         .dash = Dash::kDashed,
                         .pieces = {{{1e6, 4.0}, {1e7, 3.0}, {1e8, 2.0}}},
                         .end_label = "C = 1e9"});
  panel.bands.push_back({.name = "95 %",
                         .hue = Hue::Kind(1),
                         .rows = {{1e6, 3.9, 4.1}, {1e8, 1.9, 2.1}}});
  panel.rules.push_back({.vertical = true, .at = 1e7, .label = "here"});
  return panel;
}

Figure SampleFigureOf(std::vector<Panel> panels) {
  return {.id = "test",
          .title = "A test",
          .description = "What it shows.",
          .panels = std::move(panels)};
}

Json Spec(const Panel& panel) {
  return VegaLiteOf(SampleFigureOf({panel}), {});
}

/// The layers with this mark.
std::vector<Json> LayersOf(const Json& spec, const std::string& mark) {
  std::vector<Json> layers;
  for (const Json& layer : spec.at("layer")) {
    if (layer.at("mark").at("type") == mark) layers.push_back(layer);
  }
  return layers;
}

std::vector<double> Values(const Json& layer, const char* field) {
  std::vector<double> values;
  for (const Json& row : layer.at("data").at("values")) {
    if (row.contains(field)) values.push_back(row.at(field).get<double>());
  }
  return values;
}

/// Calls `visit` with every field that a log axis reads, of every layer.
void ForEachLogField(
    const Json& spec,
    const std::function<void(const Json& row, const std::string& field)>&
        visit) {
  for (const Json& layer : spec.at("layer")) {
    for (const char* channel : {"x", "y"}) {
      const Json encoding = layer.at("encoding").value(channel, Json::object());
      if (!encoding.contains("field")) continue;
      if (encoding.at("scale").at("type") != "log") continue;
      const std::string second = std::string(channel) + "2";
      for (const Json& row : layer.at("data").at("values")) {
        visit(row, encoding.at("field").get<std::string>());
        if (layer.at("encoding").contains(second)) {
          visit(row, layer["encoding"][second]["field"].get<std::string>());
        }
      }
    }
  }
}

TEST(VegaLite, NamesItsSchemaTitleDescriptionAndAxes) {
  const Json spec = Spec(LogPanel());
  EXPECT_EQ(spec["$schema"], "https://vega.github.io/schema/vega-lite/v5.json");
  EXPECT_EQ(spec["title"], "A test");
  EXPECT_EQ(spec["description"], "What it shows.");
  const Json encoding = LayersOf(spec, "point").at(0)["encoding"];
  EXPECT_EQ(encoding["x"]["title"], "parameters N");
  EXPECT_EQ(encoding["x"]["scale"]["type"], "log");
  EXPECT_EQ(encoding["y"]["title"], "loss (nats per token)");
  EXPECT_EQ(encoding["y"]["scale"]["type"], "linear");
  EXPECT_EQ(encoding["y"]["scale"]["zero"], false);
  const AxisRange x = XRangeOf(LogPanel());
  EXPECT_EQ(encoding["x"]["scale"]["domain"], Json({x.low, x.high}));
}

TEST(VegaLite, HasALayerForEverythingThatIsDrawn) {
  const Json spec = Spec(LogPanel());
  EXPECT_EQ(LayersOf(spec, "area").size(), 1U);
  EXPECT_EQ(LayersOf(spec, "line").size(), 1U);
  EXPECT_EQ(LayersOf(spec, "point").size(), 1U);
  EXPECT_EQ(LayersOf(spec, "text").size(), 2U);
  // The rule, the bars of y, the bar of x.
  EXPECT_EQ(LayersOf(spec, "rule").size(), 3U);
}

TEST(VegaLite, HasTheExactNumbersOfPointsWithBarsAndRemarks) {
  const Json spec = Spec(LogPanel());
  const Json points = LayersOf(spec, "point").at(0);
  EXPECT_THAT(Values(points, "x"), ElementsAre(1e6, 1e7, 1e8));
  EXPECT_THAT(Values(points, "y"), ElementsAre(4.0, 3.0, 2.0));
  EXPECT_THAT(Values(points, "error"), ElementsAre(0.1));
  EXPECT_EQ(points["data"]["values"][0]["remark"], "a");
  const auto rules = LayersOf(spec, "rule");
  EXPECT_THAT(Values(rules.at(1), "low"), ElementsAre(4.0 - 0.1, 2.5));
  EXPECT_THAT(Values(rules.at(1), "high"), ElementsAre(4.0 + 0.1, 3.5));
  EXPECT_THAT(Values(rules.at(2), "left"), ElementsAre(5e7));
  EXPECT_THAT(Values(rules.at(2), "right"), ElementsAre(2e8));
}

TEST(VegaLite, KeepsTheOrderAndThePiecesOfLines) {
  Panel panel = LogPanel();
  panel.lines[0].pieces = {{{1e8, 2.0}, {1e6, 2.5}}, {{1e7, 3.0}, {2e7, 3.5}}};
  const Json line = LayersOf(Spec(panel), "line").at(0);
  EXPECT_THAT(Values(line, "x"), ElementsAre(1e8, 1e6, 1e7, 2e7));
  EXPECT_THAT(Values(line, "piece"), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(Values(line, "at"), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(line["encoding"]["order"]["field"], "at");
  EXPECT_EQ(line["encoding"]["detail"]["field"], "piece");
  EXPECT_EQ(line["mark"]["strokeDash"], Json({6, 4}));
}

TEST(VegaLite, ShowsALogAxisNothingThatItHasNoPlaceFor) {
  Panel panel = LogPanel();
  panel.y.scale = ScaleKind::kLog;
  for (const double bad : {0.0, -1.0, kInf, -kInf, kNaN}) {
    panel.points[0].points.push_back({.x = bad, .y = 1.0});
    panel.points[0].points.push_back({.x = 1e7, .y = bad});
    panel.points[0].points.push_back(
        {.x = 1e7, .y = 3.0, .error = 5.0, .y_extent = Extent{bad, bad}});
    panel.points[0].points.push_back(
        {.x = 1e7, .y = 3.0, .error = bad, .x_extent = Extent{bad, 1e9}});
    panel.points[0].points.push_back({.x = 1e7, .y = 3.0, .error = 5.0});
    panel.lines[0].pieces.push_back({{1e6, 3.0}, {bad, 3.0}, {1e7, bad}});
    panel.bands[0].rows.push_back({bad, 1.0, 2.0});
    panel.bands[0].rows.push_back({2e8, bad, 2.0});
    panel.rules.push_back({.vertical = true, .at = bad, .label = "none"});
    panel.rules.push_back({.vertical = false, .at = bad, .label = "none"});
  }
  const Json spec = Spec(panel);
  int seen = 0;
  ForEachLogField(spec, [&seen](const Json& row, const std::string& field) {
    ASSERT_TRUE(row.contains(field)) << row << field;
    ASSERT_TRUE(row[field].is_number()) << row << field;
    EXPECT_GT(row[field].get<double>(), 0.0) << row << field;
    ++seen;
  });
  EXPECT_GT(seen, 50);
  EXPECT_THAT(spec.dump(), Not(HasSubstr("\"none\"")));
  EXPECT_THAT(spec["description"].get<std::string>(),
              HasSubstr("What it shows. 10 points are left out"));
}

TEST(VegaLite, CountsPointsThatAreLeftOutOverAllPanels) {
  Panel panel = LogPanel();
  panel.points[0].points.push_back({.x = 0.0, .y = 1.0});
  const auto description = [](std::vector<Panel> panels) {
    return VegaLiteOf(SampleFigureOf(std::move(panels)), {})["description"]
        .get<std::string>();
  };
  EXPECT_THAT(description({panel}), HasSubstr(" 1 point is left out"));
  EXPECT_THAT(description({panel, panel}), HasSubstr(" 2 points are left out"));
}

TEST(VegaLite, PartsALineWhereAnAxisHasNoPlace) {
  Panel panel = LogPanel();
  panel.lines[0].pieces = {
      {{1e6, 4.0}, {1e7, 3.0}, {-1.0, 2.5}, {1e8, 2.0}, {2e8, 1.9}}};
  const Json line = LayersOf(Spec(panel), "line").at(0);
  EXPECT_THAT(Values(line, "piece"), ElementsAre(0, 0, 1, 1));
}

TEST(VegaLite, ShowsZeroAndLessOnALinearAxis) {
  Panel panel = LogPanel();
  panel.x.scale = ScaleKind::kLinear;
  panel.points[0].points = {{.x = 0.0, .y = 0.0}, {.x = -1.0, .y = -2.0}};
  const Json points = LayersOf(Spec(panel), "point").at(0);
  EXPECT_THAT(Values(points, "x"), ElementsAre(0.0, -1.0));
  EXPECT_THAT(Values(points, "y"), ElementsAre(0.0, -2.0));
}

TEST(VegaLite, PutsPanelsBesideEachOther) {
  Panel second = LogPanel();
  second.title = "second";
  const Json spec = VegaLiteOf(SampleFigureOf({LogPanel(), second}), {});
  EXPECT_FALSE(spec.contains("layer"));
  EXPECT_EQ(spec["columns"], 2);
  ASSERT_EQ(spec["concat"].size(), 2U);
  EXPECT_FALSE(spec["concat"][0].contains("title"));
  EXPECT_EQ(spec["concat"][1]["title"], "second");
  EXPECT_EQ(spec["resolve"]["scale"]["color"], "independent");
}

TEST(VegaLite, TellsSeriesApartInOneLegend) {
  Panel panel = LogPanel();
  // A second colour of a name has no place in the legend.
  panel.lines.push_back(panel.lines[0]);
  panel.lines[1].hue = Hue::Kind(3);
  panel.lines.push_back(panel.lines[0]);
  panel.lines[2].name = "";
  const auto lines = LayersOf(Spec(panel), "line");
  const Json named = lines[0]["encoding"]["color"];
  EXPECT_EQ(named["field"], "series");
  EXPECT_EQ(lines[0]["data"]["values"][0]["series"], "law");
  EXPECT_EQ(lines[1]["data"]["values"][0]["series"], "law");
  EXPECT_EQ(lines[2]["data"]["values"][0].count("series"), 0U);
  EXPECT_EQ(named["scale"]["domain"], Json({"runs", "law", "95 %"}));
  EXPECT_EQ(named["scale"]["range"].size(), 3U);
  EXPECT_EQ(lines[1]["encoding"]["color"].count("field"), 0U);
  EXPECT_EQ(lines[1]["encoding"]["color"]["value"],
            ColourOf(Hue::Kind(3), ColourStyle::kAlone));
  EXPECT_EQ(lines[2]["encoding"]["color"].count("field"), 0U);
}

TEST(VegaLite, WritesTextAsJsonWhateverItHolds) {
  const std::string text = "<b>\"\\\n\x1b[31m \u202e {{x}} \xff";
  Panel panel = LogPanel();
  panel.x.title = text;
  panel.points[0].name = text;
  panel.points[0].points[0].remark = text;
  const std::string json = ReadableText(Spec(panel));
  EXPECT_THAT(json, Not(HasSubstr("\x1b")));
  EXPECT_THAT(json, Not(HasSubstr("\xff")));
  const Json spec = ParseJson(json, "spec");
  EXPECT_THAT(LayersOf(spec, "point")
                  .at(0)["encoding"]["x"]["title"]
                  .get<std::string>(),
              HasSubstr("<b>\"\\\n\x1b[31m"));
}

TEST(VegaLite, OfAPanelWithNothingInItIsEmpty) {
  Panel panel;
  panel.x = {.title = "x", .scale = ScaleKind::kLog};
  panel.points.push_back({.name = "none"});
  panel.lines.push_back({.name = "no line"});
  panel.lines.push_back({.pieces = {{}}, .end_label = "no place"});
  panel.bands.push_back({.name = "no band"});
  const Json spec = Spec(panel);
  for (const Json& layer : spec["layer"]) {
    EXPECT_TRUE(layer["data"]["values"].empty());
  }
  EXPECT_TRUE(LayersOf(spec, "text").empty());
}

}  // namespace
}  // namespace isoflop
