// How to make the same numbers again, and how to cite them.

#pragma once

#include <string>

#include "analysis/page/figures.h"

namespace isoflop {

/// Returns the sections: the commands, versions and machines, and the sweep
/// file; and what to cite.
std::string ReproduceSection(const ReportSource& source);
std::string CiteSection();

}  // namespace isoflop
