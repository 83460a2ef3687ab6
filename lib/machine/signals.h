// SIGINT, SIGTERM and SIGHUP as something that a poll loop can wait for.

#pragma once

#include <signal.h>

#include <array>
#include <vector>

namespace isoflop {

/// Catches SIGINT, SIGTERM and SIGHUP as long as it lives, and ignores SIGPIPE,
/// so that writing to a process that has died is an error and not the end. A
/// signal that was ignored before (nohup, a background job) stays ignored.
/// REQUIRES: there is one at a time.
class StopSignals {
 public:
  /// Throws Error when the system has no descriptors left.
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Readable when a signal has come that Take has not returned yet.
  int descriptor() const { return pipe_[0]; }

  /// Returns the signals that have come since the last call, oldest first.
  std::vector<int> Take();

 private:
  struct Saved {
    int signal;
    struct sigaction action;
  };
  void Install(int signal, void (*handler)(int));

  std::array<int, 2> pipe_{-1, -1};
  std::vector<Saved> saved_;
};

}  // namespace isoflop
