// From chosen runs to a sweep that trains them, in the way of the sweep that
// the fit came from: its data, model and training, other sizes and lengths.

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/decide/candidates.h"
#include "lib/core/json.h"
#include "lib/sweep/model_shape.h"
#include "lib/sweep/plan.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

/// A candidate as a sweep would train it.
struct ShapedRun {
  ModelShape shape;
  double params = 0.0;  // N, as the fit counts it
  std::int64_t tokens = 0;
  std::int64_t trunk_tokens = 0;  // of these, those of the trunk; 0: not known
};

/// The sound runs of the candidate grid, whatever they cost.
struct SoundRuns {
  std::vector<ShapedRun> runs;
  ObjectionCounts left_out;
  std::vector<std::string> unchecked;  // what was not looked at, and why
};

/// Where new runs would be trained.
struct TrainingSite {
  DevicePrecision precision;
  std::function<bool(const RunGroup&)> has_room;
};

/// A sweep to take data, model and training from.
class BaseSweep {
 public:
  /// Throws Error when the file cannot be read or is no good sweep, and when
  /// it varies settings, because then it does not say how to train.
  explicit BaseSweep(const std::filesystem::path& path);
  explicit BaseSweep(SweepSpec spec);

  /// Returns a sweep that a fit to a sweep directory came from: that of
  /// <source>/sweep.json, if there is such a file.
  static std::optional<BaseSweep> OfDirectory(const std::string& source);

  const std::string& file() const { return file_; }

  /// Returns how many steps this sweep trains D tokens in.
  double StepsOf(double tokens) const {
    return tokens /
           static_cast<double>(spec_.variants.front().training.batch_tokens);
  }

  /// Returns the runs of the grid of candidates.h in shapes that this sweep can
  /// have, D in whole steps, less those that a plan would refuse or advise
  /// against. A size takes the layers and heads of the nearest size of this
  /// sweep, and the width whose N is nearest. `params` is how the fit counts N.
  /// Memory is checked where there is a site, and data where they are there.
  SoundRuns Candidates(const ObservedReach& reach, ParamsKind params,
                       const TrainingSite* site) const;

  /// Returns a sweep file of exactly these runs, with so many seeds that this
  /// sweep does not have, so that no run repeats one that is there.
  /// REQUIRES: runs are from Candidates and not empty.
  Json SweepOf(const std::vector<ShapedRun>& runs, int seeds = 1) const;

 private:
  std::string file_;
  SweepSpec spec_;
};

}  // namespace isoflop
