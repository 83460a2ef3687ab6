// A sweep that plans in no time, for tests to change.

#pragma once

#include <string>

#include "lib/core/json.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns a good sweep: three sizes, three D's, a small language.
inline Json TinySweep() {
  return ParseJson(R"({
    "schema": "isoflop.sweep/1",
    "name": "tiny",
    "data": { "kind": "lexicon", "vocab_size": 32, "words": 64,
              "word_length": 4, "eval_tokens": 1024 },
    "model": { "context": 32, "layers": 1, "heads": 2 },
    "grid": { "sizes": [ { "d_model": 8 }, { "d_model": 16 },
                         { "d_model": 24, "layers": 2, "heads": 4 } ],
              "tokens": [25600, 51200, 102400] },
    "training": { "batch_tokens": 256, "schedule": { "warmup_steps": 20 } },
    "seeds": [0, 1]
  })",
                   "tiny");
}

/// Returns TinySweep() with `value` at the JSON pointer.
inline Json TinySweepWith(const std::string& pointer, Json value) {
  Json json = TinySweep();
  json[Json::json_pointer(pointer)] = std::move(value);
  return json;
}

inline SweepSpec Parse(const Json& json) { return ParseSweep(json, "a.json"); }

inline Plan PlanOf(const Json& json) { return MakePlan(Parse(json)); }

/// Returns the first group of TinySweep(): d_model 8, seed 0, three runs.
inline RunGroup TinyGroup() { return PlanOf(TinySweep()).groups.front(); }

}  // namespace isoflop
