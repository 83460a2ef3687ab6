#include "analysis/page/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "analysis/page/page.h"
#include "analysis/page/published_laws.h"
#include "lib/plot/draw.h"
#include "tests/page/sample_page.h"
#include "tests/report/sample_sweep.h"
#include "tests/support/xml_check.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> IdsOf(const ReportSource& source) {
  std::vector<std::string> ids;
  for (const Figure& figure : FiguresOf(source)) ids.push_back(figure.id);
  return ids;
}

std::string SvgOf(FigureOrReason (*make)(const ReportSource&),
                  const ReportSource& source, std::size_t panel = 0) {
  const FigureOrReason made = make(source);
  EXPECT_TRUE(made.figure.has_value()) << made.reason;
  if (!made.figure) return {};
  return PanelSvg(*made.figure, panel, SizeOf(*made.figure));
}

/// A key of every element of an array.
std::vector<double> Column(const Json& rows, const char* key) {
  std::vector<double> values;
  for (const Json& row : rows) values.push_back(row[key]);
  return values;
}

TEST(Figures, AreThereExactlyWhenTheirDataAre) {
  EXPECT_THAT(IdsOf(SourceOf(SampleFitJson())),
              ElementsAre("isoflop", "optima", "surface", "residuals",
                          "holdout", "projection", "profiles", "draws"));
  EXPECT_THAT(IdsOf({.path = "d", .fit = {}, .sweep = SampleFacts()}),
              ElementsAre("training"));
  const auto without = [](std::initializer_list<const char*> keys) {
    Json fit = SampleFitJson();
    for (const char* key : keys) fit.erase(key);
    const auto ids = IdsOf(SourceOf(fit));
    return std::set<std::string>(ids.begin(), ids.end());
  };
  EXPECT_EQ(without({"isoflop"}).count("isoflop"), 0U);
  EXPECT_EQ(without({"draws"}).count("draws"), 0U);
  EXPECT_EQ(without({"holdout"}).count("holdout"), 0U);
  EXPECT_THAT(without({"chinchilla", "draws"}),
              testing::UnorderedElementsAre("isoflop", "optima", "residuals",
                                            "holdout"));
  EXPECT_THAT(IdsOf(SourceOf({{"schema", "isoflop.fit/1"}})), IsEmpty());
}

TEST(Figures, OfAnOldFileLackOnlyWhatItLacks) {
  EXPECT_THAT(IdsOf(SourceOf(OldFitJson())),
              ElementsAre("isoflop", "optima", "surface", "residuals",
                          "holdout", "projection", "draws"));
}

TEST(Figures, SayWhyTheyAreMissing) {
  const ReportSource table = SourceOf({{"schema", "isoflop.fit/1"}});
  EXPECT_THAT(IsoflopFigure(table).reason, HasSubstr("--laws"));
  EXPECT_THAT(SurfaceFigure(table).reason, HasSubstr("--laws chinchilla"));
  EXPECT_THAT(TrainingFigure(table).reason, HasSubstr("sweep directory"));
  EXPECT_THAT(ProfileFigure(SourceOf(OldFitJson())).reason,
              HasSubstr("no profiles"));
}

TEST(Figures, OfEveryPanelAreWellFormedWithTextApart) {
  ReportSource source = SourceOf(SampleFitJson());
  source.sweep = SampleFacts();
  for (const Figure& figure : FiguresOf(source)) {
    for (std::size_t i = 0; i < figure.panels.size(); ++i) {
      SCOPED_TRACE(figure.id + " " + std::to_string(i));
      EXPECT_EQ(XmlFault(PanelSvg(figure, i, SizeOf(figure))), "");
      const auto texts =
          DrawPanel(figure.panels[i], SizeOf(figure), "a", ColourStyle::kPage)
              .texts;
      for (std::size_t k = 0; k < texts.size(); ++k) {
        for (std::size_t j = 0; j < k; ++j) {
          EXPECT_FALSE(Overlapping(texts[k], texts[j]));
        }
      }
    }
    EXPECT_EQ(XmlFault(FigureSvg(figure, SizeOf(figure))), "");
  }
}

TEST(IsoflopFigure, HasTheRunsAndMinimaOfTheFile) {
  const Json& fit = SampleFitJson();
  const std::string svg = SvgOf(IsoflopFigure, SourceOf(fit));
  std::vector<double> N;
  std::vector<double> L;
  for (const Json& run : fit["runs"]) {
    if (run["budget"] != 2) continue;
    N.push_back(run["params"]);
    L.push_back(run["loss"]);
  }
  const std::string series = SeriesIn(svg, "C 1.00e19");
  EXPECT_EQ(ValuesIn(series, "data-x"), N);
  EXPECT_EQ(ValuesIn(series, "data-y"), L);
  EXPECT_THAT(ValuesIn(series, "data-error"), testing::Each(0.004));
  const std::string minima =
      SeriesIn(svg, "minimum, N* with its 95 % interval");
  EXPECT_EQ(ValuesIn(minima, "data-x"),
            Column(fit["isoflop"]["budgets"], "params_opt"));
  EXPECT_EQ(ValuesIn(minima, "data-y"),
            Column(fit["isoflop"]["budgets"], "loss_opt"));
  const auto left = ValuesIn(minima, "data-left");
  ASSERT_THAT(left, SizeIs(5));
  EXPECT_EQ(left[0],
            fit["isoflop"]["budgets"][0]["interval95"]["params_opt"][0]);
}

TEST(OptimaFigure, HasTheOptimaOfTheFileAndPublishedLines) {
  const Json& fit = SampleFitJson();
  for (const auto& [panel, key] :
       {std::pair<std::size_t, const char*>(0, "params_opt"),
        std::pair<std::size_t, const char*>(1, "tokens_opt")}) {
    const std::string svg = SvgOf(OptimaFigure, SourceOf(fit), panel);
    const std::string minima = SeriesIn(svg, "IsoFLOP minimum, 95 %");
    EXPECT_EQ(ValuesIn(minima, "data-y"),
              Column(fit["isoflop"]["budgets"], key));
    EXPECT_EQ(ValuesIn(SeriesIn(svg, "best run of a budget"), "data-y"),
              Column(fit["envelope"]["optima_at"], key));
    EXPECT_THAT(svg, HasSubstr("Hoffmann et al. 2022"));
    EXPECT_THAT(svg, HasSubstr("Besiroglu et al. 2024"));
  }
}

TEST(PublishedLaws, GiveTheAllocationsThatTheyAreKnownFor) {
  const auto laws = PublishedOptimaList();
  ASSERT_THAT(laws, SizeIs(3));
  const auto params = [&](std::size_t i, double C) {
    return laws[i].params_coefficient * std::pow(C, laws[i].params_exponent);
  };
  for (std::size_t i = 0; i < 2; ++i) {
    const Optimum best =
        OptimumAt(i == 0 ? kHoffmann2022 : kBesiroglu2024, 5.76e23);
    EXPECT_NEAR(params(i, 5.76e23) / best.N, 1.0, 1e-9);
    EXPECT_NEAR(laws[i].tokens_coefficient *
                    std::pow(5.76e23, laws[i].tokens_exponent) / best.D,
                1.0, 1e-9);
  }
  EXPECT_NEAR(params(2, 8.64e19), 1.3e9, 1.0);
}

TEST(ResidualFigure, HasTheResidualsOfTheFile) {
  const Json& fit = SampleFitJson();
  const Json& residuals = fit["diagnostics"]["residuals"];
  const char* keys[] = {"params", "tokens", "flops"};
  for (std::size_t panel = 0; panel < 3; ++panel) {
    const std::string svg = SvgOf(ResidualFigure, SourceOf(fit), panel);
    EXPECT_EQ(ValuesIn(svg, "data-x"), Column(residuals, keys[panel]));
    EXPECT_EQ(ValuesIn(svg, "data-y"), Column(residuals, "log_residual"));
  }
}

TEST(SurfaceFigure, HasEveryRunOnTheContours) {
  const Json& fit = SampleFitJson();
  const std::string svg = SvgOf(SurfaceFigure, SourceOf(fit));
  EXPECT_EQ(ValuesIn(svg, "data-x"), Column(fit["runs"], "params"));
  EXPECT_EQ(ValuesIn(svg, "data-y"), Column(fit["runs"], "tokens"));
  EXPECT_THAT(svg, HasSubstr("efficient frontier"));
}

TEST(HoldoutFigure, SetsWhatWasPredictedAgainstWhatWasMeasured) {
  const Json& fit = SampleFitJson();
  const Json& test = fit["holdout"][0];
  const std::string svg = SvgOf(HoldoutFigure, SourceOf(fit));
  const std::string held_out = SeriesIn(svg, "held out ± 1 s.e.");
  const auto measured = ValuesIn(held_out, "data-x");
  const auto predicted = ValuesIn(held_out, "data-y");
  ASSERT_EQ(measured.size(), test["held_out"].get<std::size_t>());
  double error = 0.0;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    error += std::abs(predicted[i] - measured[i]);
  }
  EXPECT_NEAR(error / static_cast<double>(measured.size()),
              test["mean_absolute_error"].get<double>(), 1e-12);
}

TEST(ProfileFigure, HasTheProfilesOfTheFile) {
  const Json& fit = SampleFitJson();
  const FigureOrReason made = ProfileFigure(SourceOf(fit));
  ASSERT_TRUE(made.figure.has_value());
  EXPECT_THAT(made.figure->panels, SizeIs(5));
  const Json& profile = fit["chinchilla"]["profile95"]["E"];
  for (const DataPoint& point : made.figure->panels[0].points[0].points) {
    const bool there = std::any_of(
        profile["points"].begin(), profile["points"].end(),
        [&](const Json& row) { return row[0].get<double>() == point.x; });
    EXPECT_TRUE(there) << point.x;
  }
}

TEST(DrawsFigure, HasEveryDrawOfFew) {
  const Json& fit = SampleFitJson();
  const std::string svg = SvgOf(DrawsFigure, SourceOf(fit));
  const std::string cloud = SeriesIn(svg, "law of a resample");
  EXPECT_THAT(ValuesIn(cloud, "data-x"), SizeIs(fit["draws"].size()));
  EXPECT_EQ(ValuesIn(cloud, "data-x")[3], fit["draws"][3][3]);
  EXPECT_EQ(ValuesIn(SeriesIn(svg, "law of all runs"), "data-y")[0],
            fit["chinchilla"]["estimate"]["beta"]);
}

TEST(TrainingFigure, HasTheFinalLossesOfTheResults) {
  const SweepFacts facts = SampleFacts();
  const std::string svg =
      SvgOf(TrainingFigure, {.path = "d", .fit = {}, .sweep = facts});
  std::vector<double> losses;
  for (const RunResult& run : facts.results) losses.push_back(*run.loss);
  EXPECT_EQ(ValuesIn(svg, "data-y"), losses);
}

TEST(TrainingFigure, IsNotThereWhenAllRunsHaveFailed) {
  SweepFacts facts = SampleFacts();
  for (RunResult& run : facts.results) {
    run.status = RunStatus::kFailed;
    run.loss.reset();
  }
  const FigureOrReason made =
      TrainingFigure({.path = "d", .fit = {}, .sweep = facts});
  EXPECT_FALSE(made.figure.has_value());
  EXPECT_THAT(made.reason, HasSubstr("isoflop sweep"));
}

TEST(LearningRateFigure, HasALineForEachSizeWhereTheSweepVariesTheRate) {
  Json file = SampleSweepFile();
  file["vary"] = {{"training.peak_lr", {0.001, 0.003, 0.01}}};
  const SampleSweep sample(file);
  SweepFacts facts = SampleFacts();
  EXPECT_THAT(
      LearningRateFigure({.path = "d", .fit = {}, .sweep = facts}).reason,
      HasSubstr("does not vary training.peak_lr"));
  facts.plan = sample.plan;
  facts.results = sample.results;
  const FigureOrReason made =
      LearningRateFigure({.path = "d", .fit = {}, .sweep = facts});
  ASSERT_TRUE(made.figure.has_value()) << made.reason;
  const auto& series = made.figure->panels[0].points;
  EXPECT_THAT(series, SizeIs(8));
  for (const PointSeries& one : series) {
    ASSERT_THAT(one.points, SizeIs(3)) << one.name;
    EXPECT_EQ(one.points[0].x, 0.001);
    EXPECT_EQ(one.points[2].x, 0.01);
  }
}

TEST(ExperimentFigure, HasTheCurvesOfTheAnalyses) {
  Json fit = SampleFitJson();
  fit["experiments"] = ParseJson(R"([
    {"name": "gap", "analysis": "power", "value": "loss", "over": "N",
     "series": [
       {"of": {"data.zipf_exponent": 1.2}, "status": "ok", "missing": 0,
        "left_out": 0, "crossing": {"x": 30.0, "downwards": true},
        "runs": [{"x": 10, "y": 3.5}, {"x": 100, "y": 2.5, "predicted": 2.6}]},
       {"of": {"data.zipf_exponent": "<b>"}, "status": "ok", "missing": 0,
        "left_out": 0, "runs": [{"x": 10, "y": 3.0}]}]}])",
                                 "experiments");
  const std::string svg = SvgOf(ExperimentFigure, SourceOf(fit));
  EXPECT_EQ(XmlFault(svg), "");
  EXPECT_EQ(ValuesIn(SeriesIn(svg, "zipf_exponent 1.2"), "data-y"),
            (std::vector<double>{3.5, 2.5}));
  EXPECT_EQ(ValuesIn(SeriesIn(svg, "predicted"), "data-y"),
            (std::vector<double>{2.6}));
}

TEST(Figures, ThinManyRunsButKeepTheLowest) {
  Json fit = SampleFitJson();
  Json runs = Json::array();
  for (int i = 0; i < 2000; ++i) {
    Json run = fit["runs"][static_cast<std::size_t>(i % 30)];
    run["loss"] = run["loss"].get<double>() + 0.0001 * i;
    runs.push_back(run);
  }
  fit["runs"] = runs;
  const std::string svg = SvgOf(ProjectionFigure, SourceOf(fit));
  const auto losses = ValuesIn(svg, "data-y");
  EXPECT_LE(losses.size(), kMostPoints);
  double lowest = 1e9;
  for (const Json& run : runs)
    lowest = std::min(lowest, run["loss"].get<double>());
  EXPECT_THAT(losses, testing::Contains(lowest));
}

}  // namespace
}  // namespace isoflop
