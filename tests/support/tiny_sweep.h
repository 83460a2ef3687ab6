// A small real sweep for tests: planned from a sweep file's text, so that ids
// and groups are what users get.

#pragma once

#include <string>

#include "lib/core/json.h"
#include "lib/sweep/plan.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

/// A sweep file of two shapes, two D's each and one seed; change what a test is
/// about: TinySweepFile()["seeds"] = {0, 1}.
inline Json TinySweepFile() {
  return ParseJson(R"({
    "schema": "isoflop.sweep/1",
    "name": "tiny",
    "data": {"kind": "lexicon", "words": 64, "eval_tokens": 256},
    "model": {"context": 16, "head_size": 8},
    "grid": {"sizes": [{"d_model": 8, "layers": 1},
                       {"d_model": 16, "layers": 1}],
             "tokens": [8192, 16384]},
    "training": {"batch_tokens": 64, "schedule": {"warmup_steps": 4}},
    "seeds": [0]
  })",
                   "tiny.json");
}

struct TinySweep {
  explicit TinySweep(const Json& file = TinySweepFile())
      : spec(ParseSweep(file, "tiny.json")), plan(MakePlan(spec)) {}

  SweepSpec spec;
  Plan plan;
};

}  // namespace isoflop
