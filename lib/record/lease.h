// Who works on a directory: one process at a time, and none after it dies.
//
// A lease on `path` is a series of numbered claims, <path>.1, <path>.2, ...:
// the highest number is the holder. A number can be claimed once (link(2) of a
// complete file, so it holds on network file systems too), and the highest is
// never removed, only emptied when it is released. So of any number of
// processes that see a dead holder at the same time one gets the next number,
// and one that was slow to act on what it saw finds its number taken or no
// longer the highest.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "lib/core/json.h"

namespace isoflop {

/// A process, on whatever machine.
struct LeaseHolder {
  std::string host;
  std::int64_t pid = 0;
  std::string process_start;  // tells a process from a later one with its pid
  std::string since;          // UTC, for people
  std::int64_t beats = 0;     // counts up while the holder lives
};

/// An exclusive claim on a path, held as long as the object lives.
///
/// A claim of a process of this host that is gone is taken over at once. A
/// claim from another host is taken over when its beats have not changed for
/// kStaleSeconds of this process's own monotonic clock: wall clocks of two
/// machines are never compared.
class Lease {
 public:
  static constexpr double kStaleSeconds = 60.0;
  static constexpr double kBeatSeconds = 2.0;

  /// Claims `path`. Returns nothing when somebody else holds it, and then fills
  /// `*holder`. Waits at most `stale_seconds`, and only for a holder on another
  /// host; Throws Error when the directory is not writable.
  static std::optional<Lease> Acquire(const std::filesystem::path& path,
                                      LeaseHolder* holder,
                                      double stale_seconds = kStaleSeconds);

  ~Lease();
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&&) = delete;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// Shows that the holder lives; call it every few seconds or more often, it
  /// touches the disk once in kBeatSeconds. Returns whether the lease is still
  /// ours (it is not after a takeover: then stop, and write nothing more).
  bool Beat();

 private:
  Lease(std::filesystem::path path, std::int64_t number, LeaseHolder self);

  std::filesystem::path path_;  // empty after a move: nothing to release
  std::int64_t number_;
  LeaseHolder self_;
  double last_beat_;  // monotonic seconds
  bool ours_ = true;
};

/// Returns who holds `path` now, if a live process does as far as can be told
/// from here: a holder on another host counts as alive.
std::optional<LeaseHolder> CurrentHolder(const std::filesystem::path& path);

/// Returns "host hal, pid 4711, since 2026-01-31T23:59:59Z".
std::string Describe(const LeaseHolder& holder);

}  // namespace isoflop
