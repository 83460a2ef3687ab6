// What was found, in plain words that are no surer than the numbers.

#pragma once

#include <string>
#include <vector>

#include "analysis/page/figures.h"

namespace isoflop {

/// Returns the sentences of one paragraph. Where something forbids going by the
/// law (it is not supported, not certified, its form does not suit), that is
/// said first.
std::vector<std::string> Findings(const ReportSource& source);

}  // namespace isoflop
