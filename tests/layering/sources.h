// The files that rules about sources are about.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace isoflop {

/// Returns every source and header under lib/, analysis/ and apps/ of `root`,
/// as a path from there, in order.
std::vector<std::string> SourceFiles(const std::filesystem::path& root);

}  // namespace isoflop
