#include "lib/machine/control_group.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/text.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// Version 1 has no word for "no limit", only a number beyond any machine.
constexpr double kNoMemoryLimit = 0x1p60;

/// The folders of the groups that govern a controller, and of those above them.
struct Folders {
  std::vector<fs::path> version1;
  std::vector<fs::path> version2;
};

void AddWithParents(const fs::path& tree, const fs::path& group,
                    std::vector<fs::path>* folders) {
  for (fs::path at = group;; at = at.parent_path()) {
    folders->push_back(tree / at.relative_path());
    if (!at.has_relative_path()) return;
  }
}

Folders FoldersOf(const ControlGroups& groups, std::string_view controller) {
  Folders folders;
  std::ifstream file(groups.memberships);
  std::string line;  // "0::/user.slice" or "4:cpu,cpuacct:/docker/1f0a"
  while (std::getline(file, line)) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (controllers.empty()) {
      // Beside trees of version 1 that of version 2 has a folder of its own.
      AddWithParents(groups.trees, group, &folders.version2);
      AddWithParents(groups.trees / "unified", group, &folders.version2);
      continue;
    }
    const std::vector<std::string> names = SplitAtCommas(controllers);
    if (std::ranges::find(names, controller) == names.end()) continue;
    AddWithParents(groups.trees / controllers, group, &folders.version1);
    AddWithParents(groups.trees / controller, group, &folders.version1);
  }
  if (folders.version2.empty()) folders.version2 = {groups.trees};
  return folders;
}

std::optional<double> NumberIn(const fs::path& path) {
  std::ifstream file(path);
  double number = 0.0;
  if (!(file >> number)) return std::nullopt;  // not there, or "max"
  return number;
}

/// Of "cpu.max": quota and period in microseconds; "max" in place of a quota
/// where there is none.
std::optional<double> CoresByMax(const fs::path& path) {
  std::ifstream file(path);
  double quota = 0.0;
  double period = 0.0;
  if (!(file >> quota >> period)) return std::nullopt;
  if (quota <= 0.0 || period <= 0.0) return std::nullopt;
  return quota / period;
}

/// The same of two files; the quota is -1 where there is none.
std::optional<double> CoresByQuota(const fs::path& folder) {
  const auto quota = NumberIn(folder / "cpu.cfs_quota_us");
  const auto period = NumberIn(folder / "cpu.cfs_period_us");
  if (!quota || !period || *quota <= 0.0 || *period <= 0.0) {
    return std::nullopt;
  }
  return *quota / *period;
}

void Lower(const std::optional<double>& limit, std::optional<double>* least) {
  if (limit) *least = std::min(least->value_or(*limit), *limit);
}

}  // namespace

std::optional<double> GrantedCores(const ControlGroups& groups) {
  const Folders folders = FoldersOf(groups, "cpu");
  std::optional<double> least;
  for (const fs::path& folder : folders.version2) {
    Lower(CoresByMax(folder / "cpu.max"), &least);
  }
  for (const fs::path& folder : folders.version1) {
    Lower(CoresByQuota(folder), &least);
  }
  return least;
}

std::optional<double> GrantedMemory(const ControlGroups& groups) {
  const Folders folders = FoldersOf(groups, "memory");
  std::optional<double> least;
  for (const fs::path& folder : folders.version2) {
    Lower(NumberIn(folder / "memory.max"), &least);
  }
  for (const fs::path& folder : folders.version1) {
    Lower(NumberIn(folder / "memory.limit_in_bytes"), &least);
  }
  if (least && *least >= kNoMemoryLimit) return std::nullopt;
  return least;
}

}  // namespace isoflop
