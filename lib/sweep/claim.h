// What a sweep is made to show, and by which numbers one sees whether it does.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/core/object_reader.h"
#include "lib/sweep/analysis_request.h"

namespace isoflop {

/// A range in which some numbers of some results are expected.
struct Expectation {
  std::string that;          // in words
  Json of = Json::object();  // which runs: {"d_model": 64, "layers": 2,
                             // "tokens": 1e6, "seed": 0}, settings of "vary"
                             // axes; empty: all
  std::string value;         // where the number stands in result.json:
                             // "probes.metrics.exact_match.mean", "loss"; of an
                             // array every element, or one: "curve[-1]"; or
                             // in what an analysis gives:
                             // "analyses.NAME.law.estimate.e"
  std::string relative_to = {};  // the value is divided by this one; empty: not
  bool mean = false;             // of several values their mean counts, and is
                                 // divided by that of the others
  // In which other runs relative_to, or the same value, stands: in each that is
  // like the run but for these settings, that of the nearest N; of an analysis
  // in the curve that is like it but for these.
  std::optional<Json> against = {};
  std::optional<double> at_least = {};
  std::optional<double> at_most = {};
};

struct SweepClaim {
  std::string text;  // empty: none is made
  std::vector<Expectation> expectations;
};

/// Reads "claim" and "expect" of a sweep file.
SweepClaim ReadSweepClaim(ObjectReader* reader, const ResultContext& context,
                          Problems* problems);

}  // namespace isoflop
