// From chosen runs to a sweep that trains them, in the way of the sweep that
// the fit came from: its data, model and training, other sizes and lengths.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/decide/design.h"
#include "lib/core/json.h"
#include "lib/sweep/model_shape.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

/// A candidate as a sweep would train it.
struct ShapedRun {
  ModelShape shape;
  double params = 0.0;  // N, as the fit counts it
  std::int64_t tokens = 0;
};

/// A sweep to take data, model and training from.
class BaseSweep {
 public:
  /// Throws Error when the file cannot be read or is no good sweep, and when
  /// it varies settings, because then it does not say how to train.
  explicit BaseSweep(const std::filesystem::path& path);

  /// Returns a sweep that a fit to a sweep directory came from: that of
  /// <source>/sweep.json, if there is such a file.
  static std::optional<BaseSweep> OfDirectory(const std::string& source);

  const std::string& file() const { return file_; }

  /// Returns the candidates of design.h in shapes that this sweep can have, D
  /// in whole steps. A size takes the layers and heads of the nearest size of
  /// this sweep, and the width whose N is nearest. `params` is how the fit
  /// counts N.
  std::vector<ShapedRun> Candidates(const ObservedReach& reach,
                                    ParamsKind params,
                                    double budget_flops) const;

  /// Returns a sweep file of exactly these runs, with a seed that this sweep
  /// does not have, so that no run repeats one that is there.
  /// REQUIRES: runs are from Candidates and not empty.
  Json SweepOf(const std::vector<ShapedRun>& runs) const;

 private:
  std::string file_;
  SweepSpec spec_;
};

}  // namespace isoflop
