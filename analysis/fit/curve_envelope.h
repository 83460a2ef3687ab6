// Approach 1 over training curves: the lowest loss that any of them has reached
// with a given compute.
//
// Every curve is smoothed (Smooth) and read at log-spaced C = 6 N D. A point of
// the envelope is an optimum where curves of a smaller and of a larger size
// have come that far and not past it, so that sizes compete. What a trunk has
// at a constant learning rate is more than it would have after a cooldown: the
// envelope compares annealed with annealed losses only where the branches of
// several sizes end near one C, as they do in an IsoFLOP design.
//
// Source: Hoffmann et al. 2022, section 3.1 (arXiv:2203.15556), who took runs
// whose schedule ended with them.

#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analysis/fit/envelope_fit.h"
#include "analysis/observe/observation.h"
#include "analysis/observe/training_curve.h"

namespace isoflop {

/// How many C the curves are read at.
inline constexpr int kCurveSamples = 400;

/// Curves, read at the same C, for fitting one set of them after another.
class CurveEnvelope {
 public:
  /// Curves of groups of which no observation is used are left out.
  /// REQUIRES: there are curves, each with a point; N, tokens and losses > 0.
  CurveEnvelope(const std::vector<TrainingCurve>& curves,
                std::span<const Observation> observations);

  /// Fits the power laws of the optima, without spreads. `counts` says how
  /// often each of the observations was drawn, empty: once each. A curve takes
  /// part if a run of its group was drawn.
  EnvelopeFit Fit(std::span<const double> counts = {}) const;

 private:
  /// The losses of one curve from sample `first` on.
  struct Track {
    double N = 0.0;
    std::size_t first = 0;
    std::vector<double> losses;
    std::vector<std::size_t> runs;  // of its group
  };

  static Track TrackOf(const TrainingCurve& curve,
                       const std::vector<double>& flops);
  static bool TakesPart(const Track& track, std::span<const double> counts);

  std::vector<double> flops_;
  std::vector<Track> tracks_;
  int trunks_ = 0;
};

}  // namespace isoflop
