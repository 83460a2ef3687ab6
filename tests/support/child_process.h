// A forked child that runs a function, for tests about processes that die.

#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

namespace isoflop {

/// Runs `body` in a forked child, which ends without destructors or atexit
/// functions: its exit status is what `body` returns, 99 after an
/// exception, which it prints.
class ChildProcess {
 public:
  template <typename Body>
  explicit ChildProcess(Body body) : pid_(::fork()) {
    if (pid_ < 0) std::abort();  // to go on would be to kill every process
    if (pid_ != 0) return;
    try {
      ::_exit(body());
    } catch (const std::exception& error) {
      std::fprintf(stderr, "child: %s\n", error.what());
      ::_exit(99);
    } catch (...) {
      ::_exit(99);
    }
  }
  ~ChildProcess() {
    if (pid_ <= 0) return;
    Kill(SIGKILL);
    Wait();
  }
  ChildProcess(ChildProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)) {}
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ChildProcess& operator=(ChildProcess&&) = delete;

  pid_t pid() const { return pid_; }
  void Kill(int signal) const { ::kill(pid_, signal); }

  /// Returns the exit status, or 128 + the signal that ended it.
  int Wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_;
};

}  // namespace isoflop
