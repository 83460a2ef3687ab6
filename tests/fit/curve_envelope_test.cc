#include "analysis/fit/curve_envelope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "analysis/fit/fit.h"
#include "analysis/report/fit_words.h"
#include "tests/regress/synthetic.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

/// The curve of a size on the surface of kSmallLaw, from 1e4 tokens to `last`.
TrainingCurve CurveOf(double N, double last, const std::string& group) {
  TrainingCurve curve;
  curve.group = group;
  curve.trunk = true;
  curve.N = N;
  for (double D = 1e4; D <= last; D *= 1.03) {
    curve.points.push_back({D, Loss(kSmallLaw, N, D)});
  }
  return curve;
}

/// Sizes a factor of 1.5 apart, trained for as long as each other.
std::vector<TrainingCurve> Curves() {
  std::vector<TrainingCurve> curves;
  for (int i = 0; i < 16; ++i) {
    const double N = 1e3 * std::pow(1.5, i);
    curves.push_back(CurveOf(N, 1e13 / (6.0 * N), "g" + std::to_string(i)));
  }
  return curves;
}

std::vector<Observation> OneRunEach(const std::vector<TrainingCurve>& curves) {
  std::vector<Observation> runs;
  for (const TrainingCurve& curve : curves) {
    const CurvePoint& last = curve.points.back();
    runs.push_back(MakeObservation(curve.N, last.tokens, last.loss));
    runs.back().group = curve.group;
  }
  return runs;
}

TEST(Smooth, LeavesALineInLnTokensAlone) {
  std::vector<CurvePoint> line;
  for (double D = 1e4; D < 1e6; D *= 1.01) {
    line.push_back({D, 9.0 - 0.3 * std::log(D)});
  }
  const auto smooth = Smooth(line);
  for (std::size_t i = 0; i < line.size(); ++i) {
    EXPECT_NEAR(smooth[i].loss, line[i].loss, 1e-10);
  }
}

TEST(Smooth, TakesMostOfTheNoiseAway) {
  RandomStream stream(4);
  std::vector<CurvePoint> noisy;
  for (double D = 1e4; D < 1e6; D *= 1.005) {
    noisy.push_back({D, 3.0 + 0.1 * stream.Normal()});
  }
  double squares = 0.0;
  for (const CurvePoint& p : Smooth(noisy))
    squares += std::pow(p.loss - 3.0, 2);
  EXPECT_LT(std::sqrt(squares / static_cast<double>(noisy.size())), 0.03);
}

TEST(Smooth, KeepsAPointWithoutNeighbours) {
  const auto smooth = Smooth({{1e4, 3.0}, {1e5, 2.0}});
  EXPECT_EQ(smooth[0].loss, 3.0);
  EXPECT_EQ(smooth[1].loss, 2.0);
}

TEST(CurveEnvelope, FindsTheExponentOfTheSurface) {
  const auto curves = Curves();
  const auto fit = CurveEnvelope(curves, OneRunEach(curves)).Fit();
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(fit.a.value, ParamsExponent(kSmallLaw), 0.02);
  EXPECT_NEAR(fit.a.value + fit.b.value, 1.0, 1e-9);
  EXPECT_EQ(fit.source, EnvelopeSource::kCurves);
  EXPECT_EQ(fit.curves, 16);
  EXPECT_EQ(fit.trunks, 16);
}

TEST(CurveEnvelope, PutsTheOptimaNearThoseOfTheSurface) {
  const auto curves = Curves();
  const auto fit = CurveEnvelope(curves, OneRunEach(curves)).Fit();
  for (const BudgetOptimum& o : fit.optima) {
    const double best = OptimumAt(kSmallLaw, o.C).N;
    EXPECT_LT(std::abs(std::log(o.N / best)), 0.5 * std::log(1.5) + 0.02);
    EXPECT_NEAR(6.0 * o.N * o.D / o.C, 1.0, 1e-12);
  }
}

TEST(CurveEnvelope, TakesOnlyCurvesOfDrawnGroups) {
  const auto curves = Curves();
  const auto runs = OneRunEach(curves);
  std::vector<double> counts(runs.size(), 1.0);
  counts[7] = 0.0;
  const auto fit = CurveEnvelope(curves, runs).Fit(counts);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  for (const BudgetOptimum& o : fit.optima) EXPECT_NE(o.N, curves[7].N);
}

TEST(CurveEnvelope, LeavesOutGroupsOfWhichNoRunIsUsed) {
  auto curves = Curves();
  const auto runs = OneRunEach(curves);
  for (TrainingCurve curve : Curves()) {  // of another recipe, far better
    curve.group += " of another recipe";
    for (CurvePoint& p : curve.points) p.loss -= 1.0;
    curves.push_back(curve);
  }
  const auto fit = CurveEnvelope(curves, runs).Fit();
  EXPECT_EQ(fit.curves, 16);
  EXPECT_EQ(fit.a.value, CurveEnvelope(Curves(), runs).Fit().a.value);
}

TEST(CurveEnvelope, NeedsThreeSizesAtOneCompute) {
  for (const std::size_t sizes : {1U, 2U}) {
    auto curves = Curves();
    curves.resize(sizes);
    const auto fit = CurveEnvelope(curves, OneRunEach(curves)).Fit();
    EXPECT_EQ(fit.status, FitStatus::kUnsupported);
    EXPECT_TRUE(fit.optima.empty());
  }
}

TEST(CurveEnvelope, IsBootstrappedByTrunk) {
  const auto curves = Curves();
  ObservationSet set = MakeSet(OneRunEach(curves));
  set.curves = curves;
  FitOptions options;
  options.laws = {LawKind::kEnvelope};
  options.envelope = EnvelopeSource::kCurves;
  options.bootstrap = {.resamples = 40, .unit = {}, .seed = 3, .threads = 2};
  const FitReport report = InWords(FitScalingLaws(set, options));
  ASSERT_TRUE(report.envelope->a.spread.has_value());
  const Interval& interval = report.envelope->a.spread->interval95;
  EXPECT_LT(interval.low, ParamsExponent(kSmallLaw));
  EXPECT_GT(interval.high, ParamsExponent(kSmallLaw));
  bool warned = false;
  for (const std::string& warning : report.warnings) {
    warned = warned || warning.find("constant learning rate") != warning.npos;
  }
  EXPECT_TRUE(warned);
}

TEST(CurveEnvelope, IsRefusedForObservationsWithoutCurves) {
  FitOptions options;
  options.envelope = EnvelopeSource::kCurves;
  EXPECT_ERROR(FitScalingLaws(MakeSet(SmallSweep()), options),
               "--envelope: must be final for synthetic");
}

}  // namespace
}  // namespace isoflop
