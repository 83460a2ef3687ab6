// Whether a process still runs, for tests about processes that die.

#pragma once

#include <sys/types.h>

#include <fstream>
#include <string>

namespace isoflop {

/// Whether a process is there and no zombie.
inline bool Runs(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, state;
  file >> number >> name >> state;
  return file.good() && state != "Z" && state != "X";
}

}  // namespace isoflop
