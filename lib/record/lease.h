// Who works on a directory: one process at a time, and none after it dies.
//
// A lease on `path` is a series of numbered claims, <path>.1, <path>.2, ...:
// the highest number is the holder. A number can be claimed once (link(2) of a
// complete file, so it holds on network file systems too), and no claim is ever
// removed, only emptied when it is released. So of any number of processes that
// see a dead holder at the same time one gets the next number, and one that was
// slow to act on what it saw finds its number taken, however late it comes.
//
// Where the file system has no hard links (SMB, FUSE, exFAT), a number is taken
// by creating <path>.<n>.guard (O_EXCL), and then the claim is put beside it,
// whole. A guard without a claim, or torn, counts as a claim: of whom it says,
// or of somebody unknown, whom only time can judge. Processes that have links
// and others that have none must not meet on one directory.

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "lib/core/files.h"
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

/// How long to watch a claim whose holder cannot be seen from here, and who
/// hears of it.
struct LeaseWatch {
  double stale_seconds = 60.0;  // without a beat, until it is taken over
  /// Called before the watching begins; may be empty.
  std::function<void(const LeaseHolder&)> on_begin = {};
  /// Asked several times a second whether to give up; may be empty.
  std::function<bool()> stop = {};
  LinkFunction link = {};  // in place of link(2), for tests
};

/// What has become of a lease.
enum class LeaseLoss {
  kNone,       // it is ours, as far as is known
  kTakenOver,  // somebody has a higher number
  kGone,       // our claim is there no more: the directory was moved or emptied
};

/// An exclusive claim on a path, held as long as the object lives.
///
/// A claim of a process of this host that is gone is taken over at once. A
/// claim from another host, or from before this one was started, is taken over
/// when its beats have not changed for stale_seconds of this process's own
/// monotonic clock: wall clocks of two machines are never compared.
class Lease {
 public:
  static constexpr double kBeatSeconds = 2.0;

  /// Claims `path`. Returns nothing when somebody else holds it, or when
  /// `watch.stop` said so, and then fills `*holder`. Waits at most
  /// `watch.stale_seconds`, and only for a holder that it cannot see. Throws
  /// Error when the directory cannot be listed or written, or when a claim in
  /// it cannot be read: whoever made it may be at work.
  static std::optional<Lease> Acquire(const std::filesystem::path& path,
                                      LeaseHolder* holder,
                                      const LeaseWatch& watch = {});

  ~Lease();
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&&) = delete;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// Shows that the holder lives; call it every few seconds or more often, it
  /// touches the disk once in kBeatSeconds. Returns whether the lease is still
  /// ours, as far as is known (it is not after a takeover: then stop, and write
  /// nothing more).
  bool Beat();

  /// What the last Beat found.
  LeaseLoss loss() const { return loss_; }

 private:
  Lease(std::filesystem::path path, std::int64_t number, LeaseHolder self);

  std::filesystem::path path_;  // empty after a move: nothing to release
  std::int64_t number_;
  LeaseHolder self_;
  double last_beat_;  // monotonic seconds
  LeaseLoss loss_ = LeaseLoss::kNone;
};

/// Returns who holds `path` now, if a live process does as far as can be told
/// from here: a holder on another host counts as alive, see SeemsStale.
std::optional<LeaseHolder> CurrentHolder(const std::filesystem::path& path);

/// Whether the last claim on `path` is by a process out of sight, and its file
/// is older than stale_seconds by the clocks of this machine and of the disk. A
/// reason to say so, and none to take over: clocks may be wrong.
bool SeemsStale(const std::filesystem::path& path);

/// Returns "host hal, pid 4711, since 2026-01-31T23:59:59Z".
std::string Describe(const LeaseHolder& holder);

}  // namespace isoflop
