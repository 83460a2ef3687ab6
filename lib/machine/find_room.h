// How much room this machine has.

#pragma once

#include <filesystem>

namespace isoflop {

/// What a machine has for a sweep, in bytes.
struct Room {
  double memory = 0.0;  // that processes here may use: RAM, or less where a
                        // control group grants less
  double disk = 0.0;    // free where the sweep directory is, or will be
};

/// Looks at this machine, and at the file system of `directory` or the nearest
/// parent that exists. Throws Error, naming it, when that cannot be asked.
Room FindRoom(const std::filesystem::path& directory);

}  // namespace isoflop
