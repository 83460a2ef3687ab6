// The control groups that this process is in: what a container or a batch
// system grants it.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace isoflop {

/// Returns where the setting `name` ("cpu.max") of this process's control group
/// would be, and of every group above it, whose limits hold too. Some may not
/// exist. Control groups of version 2 only.
std::vector<std::filesystem::path> ControlGroupFiles(const std::string& name);

}  // namespace isoflop
