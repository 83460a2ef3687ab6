// What happens to machines and directories: each trouble once, then its cause
// is gone and the same command goes on.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/faults/fault_sweep.h"

namespace isoflop {

/// One trouble, and what came of it.
struct Trouble {
  std::string name;
  std::string status;  // how the command ended that met it
  std::string said;    // its last line: the cause; empty: nothing
  std::vector<std::string> findings;  // what must not be
  std::string skipped;                // why it could not be tried here
};

/// Returns the names of all troubles.
std::vector<std::string> TroubleNames();

/// Tries troubles, each in a directory of its own below one folder.
class TroubleCourse {
 public:
  /// Trains the sweep without trouble. Throws Error.
  explicit TroubleCourse(std::filesystem::path folder);

  /// The command that meets the trouble must end within a deadline, with a
  /// documented status and a cause, and leave no process; and the same command,
  /// once the cause is gone, must train every run to what it is without
  /// trouble. REQUIRES: `name` is one of TroubleNames(). Throws Error.
  Trouble Try(const std::string& name) const;

 private:
  std::filesystem::path folder_;
  Trained reference_;
};

/// Returns them as a table in Markdown.
std::string Table(const std::vector<Trouble>& troubles);

}  // namespace isoflop
