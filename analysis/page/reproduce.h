// How to make the same numbers again, and how to cite them.

#pragma once

#include <string>

#include "analysis/page/figures.h"

namespace isoflop {

/// Returns the sections: the commands, versions and machines, and the sweep
/// file; and what to cite.
std::string ReproduceSection(const ReportSource& source);
std::string CiteSection();

/// Returns `word` as a shell takes it for one word.
std::string ShellWord(const std::string& word);

}  // namespace isoflop
