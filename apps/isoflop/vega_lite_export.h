// `isoflop export --format vega-lite`: a folder of specifications.

#pragma once

#include <filesystem>

#include "apps/isoflop/output_file.h"

namespace isoflop {

/// Writes FOLDER/FIGURE.vl.json for every figure of the sweep or the fit at
/// `path`, with FOLDER the path of `output`. Throws Error when there is no
/// folder given or no figure, and when what lies in a file's place is no
/// specification of the same source.
void ExportFigures(const std::filesystem::path& path, const OutputFile& output);

}  // namespace isoflop
