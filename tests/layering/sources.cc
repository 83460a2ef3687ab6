#include "tests/layering/sources.h"

#include <algorithm>

namespace isoflop {
namespace {

namespace fs = std::filesystem;

bool IsSource(const fs::path& path) {
  const auto extension = path.extension();
  return extension == ".cc" || extension == ".h";
}

}  // namespace

std::vector<std::string> SourceFiles(const fs::path& root) {
  std::vector<std::string> sources;
  for (const char* top : {"lib", "analysis", "apps"}) {
    if (!fs::exists(root / top)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      if (!entry.is_regular_file() || !IsSource(entry.path())) continue;
      sources.push_back(entry.path().lexically_relative(root).string());
    }
  }
  std::ranges::sort(sources);
  return sources;
}

}  // namespace isoflop
