// What runs can determine, and a sample that stands for many of them.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/observe/law_run.h"

namespace isoflop {

/// Returns why runs do not have enough different N and D for a law of both;
/// empty: they have.
std::string LackOfSizesOrTokens(std::span<const LawRun> runs);

/// Returns why an input has too few values to see a power of it; empty: it has
/// enough.
std::string LackOfValues(std::span<const LawRun> runs, double LawRun::*input,
                         const char* name, std::size_t fewest);

/// Returns `count` of the runs, as ascending indices: those of extreme inputs,
/// and others by a number that their own content gives, so that their order
/// does not matter. REQUIRES: more runs than that, and room for the extremes.
std::vector<std::size_t> SampleOf(std::span<const LawRun> runs,
                                  const std::vector<double LawRun::*>& inputs,
                                  std::size_t count);

}  // namespace isoflop
