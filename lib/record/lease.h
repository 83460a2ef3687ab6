// Who works on a directory: one process at a time, and none after it dies.

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

  /// Claims `path` (a JSON file). Returns nothing when somebody else holds it,
  /// and then fills `*holder`. Waits at most kStaleSeconds, and only for a
  /// holder on another host; Throws Error when the directory is not writable.
  static std::optional<Lease> Acquire(const std::filesystem::path& path,
                                      LeaseHolder* holder);

  ~Lease();
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&&) = delete;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// Shows that the holder lives; call it every few seconds. Returns whether
  /// the lease is still ours (it is not after a takeover: then stop, and write
  /// nothing more).
  bool Beat();

 private:
  explicit Lease(std::filesystem::path path, LeaseHolder self);

  std::filesystem::path path_;
  LeaseHolder self_;
};

/// Returns who holds `path` now, if a live process does as far as can be told
/// from here.
std::optional<LeaseHolder> CurrentHolder(const std::filesystem::path& path);

}  // namespace isoflop
