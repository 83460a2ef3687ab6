// Whether runs differ enough in size and data for a law of them. A fit to runs
// that do not still has a lowest point, often a sharp and certified one, for
// whatever else differs between those runs becomes a power of N or D.

#pragma once

#include <optional>
#include <span>
#include <string>

#include "analysis/observe/law_run.h"

namespace isoflop {

/// A variable whose largest value is less than this many times its smallest
/// one is the same in all runs. With the exponents that laws have a tenth more
/// parameters or tokens changes a loss by about half a per cent, which is what
/// another seed, schedule or width does too.
inline constexpr double kNarrowestSpan = 1.1;

/// Returns why the runs differ too little in an input, and which runs would
/// mend that; empty: they do not.
std::string LackOfSpan(std::span<const LawRun> runs, double LawRun::*input,
                       const char* name);

/// A line D = k N^slope through the runs.
struct DataLine {
  double slope = 0.0;
  double width = 0.0;  // largest over smallest D / (k N^slope) of a run
};

/// Returns the line of ln D by ln N of least squares where both rise along it;
/// nothing where they do not, or all N are the same. (Along a line of constant
/// C one falls as the other rises, and what each does is told apart.)
std::optional<DataLine> RisingLineOf(std::span<const LawRun> runs);

/// Returns the same as LackOfSpan where the runs' rising line is narrower than
/// kNarrowestSpan: there two powers look like one, and which is of N cannot be
/// seen.
std::string LackOfDirections(std::span<const LawRun> runs);

/// Returns what is lacking in N, in D or in both together for a law of both.
std::string LackOfSizeAndDataSpans(std::span<const LawRun> runs);

}  // namespace isoflop
