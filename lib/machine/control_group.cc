#include "lib/machine/control_group.h"

#include <fstream>

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// Returns this process's control group, "/" when there is none.
fs::path ControlGroup() {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("0::")) return line.substr(3);
  }
  return "/";
}

}  // namespace

std::vector<fs::path> ControlGroupFiles(const std::string& name) {
  std::vector<fs::path> files;
  for (fs::path group = ControlGroup();; group = group.parent_path()) {
    files.push_back(fs::path("/sys/fs/cgroup") / group.relative_path() / name);
    if (!group.has_relative_path()) return files;
  }
}

}  // namespace isoflop
