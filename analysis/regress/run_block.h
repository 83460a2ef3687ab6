// Runs in blocks of sixteen, so that a law is evaluated for many runs at a time
// with the vectors of the machine, and nothing is allocated.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "analysis/observe/law_run.h"
#include "lib/core/vectorise.h"

namespace isoflop {

inline constexpr int kLanes = 16;      // runs in a block
inline constexpr int kMostInputs = 3;  // that a law predicts from
inline constexpr int kMostSlopes = 9;  // coefficients that one run depends on
inline constexpr int kMostBends = 27;  // second derivatives that are not zero

using Lane = double[kLanes];

/// Sixteen runs of one variant of a law, a lane each. What is left of the last
/// block repeats its last run with weight 0.
struct RunBlock {
  Lane input[kMostInputs];  // ln of N, D, ... over its unit
  Lane y;                   // over its unit
  Lane log_y;
  Lane weight;
  int variant = 0;
};

/// What a law says of a block: y over its unit, the derivatives of that by the
/// law's coefficients, and the second derivatives that LawModel::bends names.
struct BlockPrediction {
  Lane y;
  Lane slope[kMostSlopes];
  Lane bend[kMostBends];
};

/// What N, D, ... and y are measured in, as logarithms: mostly their geometric
/// means over the runs, so that whatever the units of a table are, a fit sees
/// numbers around 1.
struct DataUnits {
  double log_input[kMostInputs] = {};
  double log_y = 0.0;
};

/// Returns the geometric means of the inputs and of y. REQUIRES: runs are not
/// empty.
DataUnits UnitsOf(std::span<const LawRun> runs,
                  const std::vector<double LawRun::*>& inputs);

/// Runs in the units of a fit, in blocks, with weights that can be changed. A
/// copy has blocks of its own and shares the rest.
class BlockedRuns {
 public:
  /// `inputs` are what the law depends on. REQUIRES: runs are not empty, and
  /// all are positive.
  BlockedRuns(std::span<const LawRun> runs,
              const std::vector<double LawRun::*>& inputs,
              const DataUnits& units);

  /// Makes w_i = (weight of run i) * factors[i], which may be 0.
  void SetWeightFactors(std::span<const double> factors);

  const DataUnits& units() const { return units_; }
  std::size_t size() const { return runs_->size(); }

  /// The runs whose weight is not 0, and perhaps a few others; those of one
  /// variant together.
  const std::vector<RunBlock>& blocks() const { return blocks_; }

  /// Returns the blocks of each variant that has any.
  std::vector<std::span<const RunBlock>> ByVariant() const;

  double WeightSum() const;

 private:
  struct Run {
    double input[kMostInputs] = {};
    double y = 0.0;
    double log_y = 0.0;
    double given_weight = 1.0;
    int variant = 0;
    std::size_t index = 0;  // in the runs as they were given
  };
  void Fill(std::span<const double> factors);

  DataUnits units_;
  std::shared_ptr<const std::vector<Run>> runs_;  // ordered by variant
  std::vector<RunBlock> blocks_;
  bool whole_ = false;  // blocks_ hold all runs, some perhaps without weight
};

/// Returns the sum of the lanes, in their order.
inline double Sum(const Lane& lanes) {
  double sum = 0.0;
  for (const double lane : lanes) sum += lane;
  return sum;
}

/// Writes what `differentiate(lane)`, which returns LawDerivatives, says of
/// each lane.
template <typename Differentiate>
ISOFLOP_INLINE void ForEachLane(const Differentiate& differentiate,
                                BlockPrediction* out) {
  for (int i = 0; i < kLanes; ++i) {
    const auto at = differentiate(i);
    out->y[i] = at.value;
#pragma GCC unroll 16
    for (std::size_t k = 0; k < at.gradient.size(); ++k) {
      out->slope[k][i] = at.gradient[k];
    }
#pragma GCC unroll 32
    for (std::size_t k = 0; k < at.bends.size(); ++k) {
      out->bend[k][i] = at.bends[k];
    }
  }
}

}  // namespace isoflop
