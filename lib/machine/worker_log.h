// What a worker writes on standard error: kept, and quoted when it dies.

#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <string>

namespace isoflop {

class WorkerLog {
 public:
  /// Goes to the end of a file, created if need be. Throws Error.
  explicit WorkerLog(const std::filesystem::path& path);

  /// Stays in memory. Throws Error.
  WorkerLog();

  ~WorkerLog();
  WorkerLog(const WorkerLog&) = delete;
  WorkerLog& operator=(const WorkerLog&) = delete;

  /// For the worker to write to.
  int descriptor() const { return descriptor_; }

  /// Returns the last few lines written since construction, joined by " | " and
  /// printable; empty when there are none.
  std::string Tail() const;

  /// Returns the number of the last line, from the beginning of the file, so
  /// that an editor finds what Tail quotes.
  std::size_t CountLines() const;

 private:
  int descriptor_;
  off_t start_;
};

/// Returns `text` with everything but printable ASCII replaced by '?', line
/// ends by " | ", and cut to the last `length` characters.
std::string Printable(const std::string& text, std::size_t length);

}  // namespace isoflop
