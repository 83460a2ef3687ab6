// One place prints: lib/core/standard_streams.cc. It escapes what a terminal
// would obey and never throws, and both would be for nothing beside it.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace isoflop {

/// Returns "apps/isoflop/main.cc:7: ..." for every line under lib/, analysis/
/// and apps/ of `root` that prints by other means, and for every source outside
/// apps/ and the progress display that includes the place. Comments and text in
/// quotes do not count.
std::vector<std::string> FindPrinting(const std::filesystem::path& root);

}  // namespace isoflop
