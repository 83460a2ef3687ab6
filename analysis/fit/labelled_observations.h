// Observations of several recipes: runs that differ in more than N and D.

#pragma once

#include <string>
#include <vector>

#include "analysis/fit/observation.h"

namespace isoflop {

/// Observations, and for each the recipe that it is of: its value of a column
/// or of an axis of a sweep.
struct LabelledObservations {
  ObservationSet set;
  std::vector<std::string> labels;  // one a row; none where none were asked for
};

}  // namespace isoflop
