// One bit of one file wrong, as a disk or a cable leaves it: every number is
// the same then, or the file is named.

#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace isoflop {

/// What flipped bits of one kind of file did.
struct DamageCount {
  std::string sweep;  // "finished" or "half finished"
  std::string file;   // "runs/*/result.json"
  int flips = 0;
  int commands = 0;  // tried on them
  int same = 0;      // of these: every number as without the flip
  int named = 0;     // the file was named
};

struct DamageStudy {
  std::vector<DamageCount> counts;
  std::vector<std::string> findings;  // what must not be

  /// Returns the counts as a table in Markdown.
  std::string Table() const;
};

/// What is tried.
struct DamageOptions {
  double every_percent = 1.0;  // of a file's length, where a bit is flipped
  std::string only = {};       // kinds of files that have this in their name
  bool half_finished = true;   // not only a finished sweep
};

/// Flips bits of one file of every kind, of a finished sweep and of one that
/// was killed in its last group, and of the tokens; after each, `status`,
/// `fit`, `allocate`, `export` and `sweep`. `note` hears how it goes. Throws
/// Error.
DamageStudy FlipBits(const std::filesystem::path& folder,
                     const DamageOptions& options,
                     const std::function<void(const std::string&)>& note);

}  // namespace isoflop
