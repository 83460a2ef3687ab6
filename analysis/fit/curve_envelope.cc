#include "analysis/fit/curve_envelope.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "analysis/solve/limits.h"

namespace isoflop {
namespace {

/// kCurveSamples values, log-spaced, from the first C of any curve to the last.
std::vector<double> SampleFlops(const std::vector<TrainingCurve>& curves) {
  double low = kInfinity;
  double high = 0.0;
  for (const TrainingCurve& curve : curves) {
    low = std::min(low, SixND(curve.N, curve.points.front().tokens));
    high = std::max(high, SixND(curve.N, curve.points.back().tokens));
  }
  std::vector<double> flops;
  flops.reserve(kCurveSamples);
  for (int i = 0; i < kCurveSamples; ++i) {
    const double share = static_cast<double>(i) / (kCurveSamples - 1);
    flops.push_back(low * std::pow(high / low, share));
  }
  return flops;
}

/// The loss between two points, by a line in ln tokens.
double Between(const CurvePoint& p, const CurvePoint& q, double tokens) {
  const double part =
      std::log(tokens / p.tokens) / std::log(q.tokens / p.tokens);
  return p.loss + part * (q.loss - p.loss);
}

}  // namespace

CurveEnvelope::CurveEnvelope(const std::vector<TrainingCurve>& curves,
                             std::span<const Observation> observations)
    : flops_(SampleFlops(curves)) {
  std::map<std::string, std::vector<std::size_t>> runs;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    runs[observations[i].group].push_back(i);
  }
  for (const TrainingCurve& curve : curves) {
    const auto group = runs.find(curve.group);
    if (group == runs.end()) continue;
    tracks_.push_back(TrackOf(curve, flops_));
    tracks_.back().runs = group->second;
    if (curve.trunk) ++trunks_;
  }
}

CurveEnvelope::Track CurveEnvelope::TrackOf(const TrainingCurve& curve,
                                            const std::vector<double>& flops) {
  const std::vector<CurvePoint> points = Smooth(curve.points);
  Track track{.N = curve.N, .first = 0, .losses = {}, .runs = {}};
  std::size_t next = 0;  // the first point at or beyond the sample
  for (std::size_t i = 0; i < flops.size(); ++i) {
    const double tokens = TokensOf(flops[i], curve.N);
    if (tokens < points.front().tokens) {
      track.first = i + 1;
      continue;
    }
    while (next < points.size() && points[next].tokens < tokens) ++next;
    if (next == points.size()) break;
    track.losses.push_back(
        next == 0 ? points[0].loss
                  : Between(points[next - 1], points[next], tokens));
  }
  return track;
}

bool CurveEnvelope::TakesPart(const Track& track,
                              std::span<const double> counts) {
  return std::ranges::any_of(
      track.runs, [&](std::size_t i) { return TimesDrawn(counts, i) > 0.0; });
}

EnvelopeFit CurveEnvelope::Fit(std::span<const double> counts) const {
  std::vector<Contest> contests(flops_.size());
  for (std::size_t k = 0; k < tracks_.size(); ++k) {
    const Track& track = tracks_[k];
    if (!TakesPart(track, counts)) continue;
    for (std::size_t i = 0; i < track.losses.size(); ++i) {
      contests[track.first + i].Enter(k, track.N, track.losses[i]);
    }
  }
  const auto envelope = LowerEnvelope(contests);
  std::vector<BudgetOptimum> optima;
  for (const std::size_t i : envelope) {
    if (!contests[i].interior()) continue;
    const double N = contests[i].N;
    optima.push_back({flops_[i], N, TokensOf(flops_[i], N), 1.0});
  }
  EnvelopeFit fit =
      FitEnvelopeOptima(static_cast<int>(envelope.size()), std::move(optima));
  fit.source = EnvelopeSource::kCurves;
  fit.curves = static_cast<int>(tracks_.size());
  fit.trunks = trunks_;
  return fit;
}

}  // namespace isoflop
