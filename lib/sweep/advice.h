// What a careful person would say about a plan before it is run.

#pragma once

#include <string>
#include <vector>

#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns advice on what the plan cannot show: one seed, no learning-rate
/// check, few budgets, budgets with too few sizes for a parabola, runs of few
/// steps, a narrow range of N or D.
std::vector<std::string> Advice(const SweepSpec& spec, const Plan& plan);

}  // namespace isoflop
