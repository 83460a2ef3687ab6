// What a path in a sweep file is relative to.

#pragma once

#include <filesystem>
#include <string>

#include "lib/core/json.h"

namespace isoflop {

/// Returns the path, or the glob, as an absolute one: below `folder`, unless
/// only the working directory has something of that name. An absolute path, and
/// what can be none, comes back as it is.
std::string AbsoluteDataPath(const std::string& name,
                             const std::filesystem::path& folder);

/// Makes the data's paths of a sweep absolute, those under "vary" as well.
/// `folder` is where the sweep file lies. What is no path is left for the
/// parser to refuse.
void MakeDataPathsAbsolute(const std::filesystem::path& folder, Json* sweep);

}  // namespace isoflop
