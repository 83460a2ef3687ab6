// isoflop as a user runs it: a process with a session of its own, in which its
// workers and probes are found, and of which nothing may be left at the end.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isoflop {

/// What the program starts in; nothing by default is in its way.
struct Surroundings {
  std::optional<std::uint64_t> address_space = {};  // RLIMIT_AS, bytes
  std::optional<std::uint64_t> file_size = {};      // RLIMIT_FSIZE, bytes
  std::optional<std::uint64_t> open_files = {};     // RLIMIT_NOFILE
  std::vector<int> closed = {};                     // of descriptors 0, 1 and 2
  std::vector<int> full = {};                       // of 1 and 2: /dev/full
};

/// Returns the processes of a session that have not ended. `session` is the id
/// of the process that began it.
std::vector<pid_t> ProcessesOf(pid_t session);

/// One run of isoflop.
class Program {
 public:
  /// Starts `isoflop ARGUMENTS`, which writes what it says to
  /// `said`.out and `said`.err. Throws Error.
  Program(const std::vector<std::string>& arguments,
          const std::filesystem::path& said,
          const Surroundings& surroundings = {});
  ~Program();  // kills whatever is left of it
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const { return pid_; }

  /// Returns the processes that it has started with this first argument:
  /// "probe" or "serve".
  std::vector<pid_t> Children(std::string_view verb) const;

  /// Whether it has ended by now.
  bool Ended();

  /// Waits for its end, at most so long; returns the exit status, or 128 + the
  /// signal that ended it. Nothing after the deadline.
  std::optional<int> Wait(double seconds);

  /// Waits until nothing is left of its session, at most so long; returns
  /// whether nothing is.
  bool WaitForSilence(double seconds) const;

  std::string Out() const;
  std::string Err() const;

 private:
  pid_t pid_ = -1;
  std::optional<int> ended_;
  std::filesystem::path said_;
};

}  // namespace isoflop
