#include "analysis/fit/curve_envelope.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

namespace isoflop {
namespace {

/// kCurveSamples values, log-spaced, from the first C of any curve to the last.
std::vector<double> SampleFlops(const std::vector<TrainingCurve>& curves) {
  double low = std::numeric_limits<double>::infinity();
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

/// The lowest loss at one sample, and the sizes that have come that far.
struct Lowest {
  double loss = std::numeric_limits<double>::infinity();
  double N = 0.0;
  double smallest = std::numeric_limits<double>::infinity();
  double largest = 0.0;

  bool interior() const { return IsBelow(smallest, N) && IsBelow(N, largest); }
};

void TakeIn(double N, double loss, Lowest* lowest) {
  lowest->smallest = std::min(lowest->smallest, N);
  lowest->largest = std::max(lowest->largest, N);
  if (std::pair(loss, N) >= std::pair(lowest->loss, lowest->N)) return;
  lowest->loss = loss;
  lowest->N = N;
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
    const double tokens = flops[i] / (6.0 * curve.N);
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
  return counts.empty() || std::ranges::any_of(track.runs, [&](std::size_t i) {
           return counts[i] > 0.0;
         });
}

EnvelopeFit CurveEnvelope::Fit(std::span<const double> counts) const {
  std::vector<Lowest> lowest(flops_.size());
  for (const Track& track : tracks_) {
    if (!TakesPart(track, counts)) continue;
    for (std::size_t i = 0; i < track.losses.size(); ++i) {
      TakeIn(track.N, track.losses[i], &lowest[track.first + i]);
    }
  }
  int points = 0;
  std::vector<EnvelopeOptimum> optima;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < lowest.size(); ++i) {
    if (lowest[i].loss >= least) continue;
    least = lowest[i].loss;
    ++points;
    if (!lowest[i].interior()) continue;
    const double N = lowest[i].N;
    optima.push_back({flops_[i], N, flops_[i] / (6.0 * N), 1.0});
  }
  EnvelopeFit fit = FitEnvelopeOptima(points, std::move(optima));
  fit.source = EnvelopeSource::kCurves;
  fit.curves = static_cast<int>(tracks_.size());
  fit.trunks = trunks_;
  return fit;
}

}  // namespace isoflop
