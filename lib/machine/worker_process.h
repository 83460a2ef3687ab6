// A worker in its own process: lines in, lines out, and how it ended.

#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "lib/machine/worker_path.h"

namespace isoflop {

/// In place of a status of waitpid where the system keeps none.
inline constexpr int kUnknownEnd = -1;

/// Runs a program with pipes for its standard input and output, in the
/// environment of worker_environment.h with the program's own, and in a process
/// group of its own: Ctrl-C in the terminal reaches the front end alone. When
/// the front end dies, however that happens, the kernel kills the worker,
/// unless it has asked to outlive it (OutliveParent): then it sees its input
/// end, and stops at a checkpoint. REQUIRES: the thread that makes it lives as
/// long.
class WorkerProcess {
 public:
  /// Starts `program`; its standard error goes to `log_descriptor`. Throws
  /// Error, naming the program, when it cannot be started.
  WorkerProcess(const WorkerProgram& program,
                const std::vector<std::string>& arguments, int log_descriptor);

  /// Kills it if it still runs.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t pid() const { return pid_; }

  /// For poll; -1 after the output has ended.
  int output() const { return output_; }

  /// Sends a line; returns false when the worker does not take it.
  /// REQUIRES: SIGPIPE is ignored (StopSignals does that), as it may have died.
  bool Send(const std::string& line);

  /// Ends its input, which asks it to stop at a checkpoint and exit.
  void CloseInput();

  /// Returns the whole lines that have arrived; never waits.
  std::vector<std::string> ReadLines();

  /// Returns the status of waitpid once it has ended, or kUnknownEnd; never
  /// waits.
  std::optional<int> Ended();

  /// Sends SIGKILL to its process group.
  void Kill();

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  std::string partial_;  // a line that has not ended yet
  std::optional<int> ended_;
};

/// Whether a process ended for a cause that lies outside of it and may pass: it
/// was killed by a person, the kernel for want of memory, or a batch system;
/// was asked to stop; met a limit on its CPU time; lost the file or the disk
/// that it read through a mapping (SIGBUS); or found no device. A crash is
/// none.
bool EndedFromOutside(int wait_status);

/// Returns "exited with status 3" or "was killed by SIGSEGV (Segmentation
/// fault)" for a status of waitpid.
std::string DescribeEnd(int wait_status);

}  // namespace isoflop
