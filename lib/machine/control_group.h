// What the control groups that this process is in grant it: containers, batch
// systems and systemd set limits in them, by version 2 (one tree) or version 1
// (a tree for each controller). The processors that a group is confined to
// (cpuset) need no look here: sched_getaffinity has them.

#pragma once

#include <filesystem>
#include <optional>

namespace isoflop {

/// Where the kernel shows control groups.
struct ControlGroups {
  std::filesystem::path memberships = "/proc/self/cgroup";
  std::filesystem::path trees = "/sys/fs/cgroup";
};

/// Returns the cores' worth of time that the group and those above it grant,
/// the least of them; nothing where none sets a limit. A container may see its
/// own group as the root: whatever is not there is passed over.
std::optional<double> GrantedCores(const ControlGroups& groups = {});

/// Returns the bytes of memory, likewise.
std::optional<double> GrantedMemory(const ControlGroups& groups = {});

}  // namespace isoflop
