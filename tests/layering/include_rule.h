// The order of the folders, as a rule about #include lines: nobody includes
// upward, and each heavy library is known to one place only.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace isoflop {

/// An #include that the rule forbids.
struct Violation {
  std::string file;      // from the root: "lib/core/json.cc"
  int line = 0;          // counted from 1
  std::string included;  // "lib/sweep/plan.h", "torch/torch.h"
  std::string rule;      // what is broken, for people

  /// Returns "lib/core/json.cc:7: ...".
  std::string ToString() const;
};

/// Reads every source and header under lib/, analysis/ and apps/ of `root` and
/// returns what breaks the rule, ordered by file and line.
std::vector<Violation> FindViolations(const std::filesystem::path& root);

/// Returns how many files FindViolations reads, so that a test can tell "all is
/// well" from "nothing was read".
int CountSources(const std::filesystem::path& root);

}  // namespace isoflop
