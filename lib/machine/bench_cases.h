// What `isoflop bench` measures: cases from the command line, and from a plan.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/sweep/plan.h"

namespace isoflop {

/// The product of these is measured.
struct BenchAxes {
  // "d_model=256,layers=6,context=512": keys of a sweep file's sizes and of its
  // "model" section. Empty: four shapes from d64 L2 to d512 L8.
  std::vector<std::string> shapes = {};
  std::vector<std::string> precisions = {};  // words of "training.precision"
  std::vector<std::int64_t> batch_tokens = {};
  std::vector<std::int64_t> micro_batch_tokens = {};
};

/// Returns a group with one run for every case. What an axis leaves out is as
/// in a sweep file that leaves it out, but for a context of 128, and so is
/// what is refused: throws Error, naming the shape. `precision` is as in
/// MakePlan.
std::vector<RunGroup> BenchCases(const BenchAxes& axes,
                                 const DevicePrecision& precision = {});

/// Returns the groups of a plan that differ in speed: the first of each shape,
/// batch, micro-batch and precision.
std::vector<RunGroup> DistinctCases(const Plan& plan);

}  // namespace isoflop
