// A run as laws of any kind see it.

#pragma once

#include <span>
#include <vector>

#include "analysis/observe/observation.h"

namespace isoflop {

/// What a law predicts from, and what it should have predicted.
struct LawRun {
  double N = 1.0;  // parameters
  double D = 1.0;  // training tokens
  double U = 1.0;  // unique tokens
  double x = 1.0;  // what a law of one variable depends on
  double y = 1.0;  // the loss in nats per token, or what else is predicted
  double weight = 1.0;
  int variant = 0;  // of several laws fitted at once, which one it is of
};

/// Return runs with y = L, U = unique tokens where known and else D, and x = C.
LawRun RunOf(const Observation& observation);
std::vector<LawRun> RunsOf(std::span<const Observation> observations);

}  // namespace isoflop
