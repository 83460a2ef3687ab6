// From a path to what a report is made of: what `report` and `export` have in
// common.

#pragma once

#include <filesystem>

#include "analysis/page/figures.h"

namespace isoflop {

bool IsEmptyFolder(const std::filesystem::path& path);

/// Reads a fit.json, or a sweep directory with the fit that it has; neither of
/// an empty directory. Throws Error for anything else.
ReportSource SourceAt(const std::filesystem::path& path);

}  // namespace isoflop
