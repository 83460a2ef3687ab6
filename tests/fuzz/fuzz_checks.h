// What has to hold of everything that a reader lets through.

#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "analysis/observe/observation.h"
#include "lib/core/json.h"

namespace isoflop {

/// Ends the process, so that the fuzzer keeps the input, unless `holds`.
inline void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

inline bool FiniteAndPositive(double value) {
  return std::isfinite(value) && value > 0.0;
}

inline void CheckObservations(const ObservationSet& set) {
  Check(!set.rows.empty(), "a set without observations");
  for (const Observation& o : set.rows) {
    for (const double value :
         {o.N, o.D, o.L, o.C, o.weight, o.loss_std.value_or(1.0),
          o.budget_flops.value_or(1.0), o.params_total.value_or(1.0),
          o.params_non_embedding.value_or(1.0)}) {
      Check(FiniteAndPositive(value),
            "a number that is not finite and above 0");
    }
  }
  for (const std::string& note : set.notes) {
    Json(note).dump();  // throws for what is no UTF-8
  }
}

}  // namespace isoflop
