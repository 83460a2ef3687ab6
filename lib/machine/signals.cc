#include "lib/machine/signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "lib/core/error.h"
#include "lib/core/system_error.h"

namespace isoflop {
namespace {

// The handler's only way to the object. Lock-free, so it may be used there.
std::atomic<int> g_descriptor = -1;

void Forward(int signal) {
  const int saved_errno = errno;
  const auto byte = static_cast<unsigned char>(signal);
  // A full pipe means that many signals wait already.
  [[maybe_unused]] const ssize_t written =
      ::write(g_descriptor.load(), &byte, 1);
  errno = saved_errno;
}

}  // namespace

StopSignals::StopSignals() {
  // Apart: errno is to be read after it.
  const bool made = ::pipe2(pipe_.data(), O_CLOEXEC | O_NONBLOCK) == 0;
  Require(made, "cannot make a pipe: {}", SystemErrorText(errno));
  g_descriptor = pipe_[1];
  Install(SIGINT, Forward);
  Install(SIGTERM, Forward);
  Install(SIGHUP, Forward);
  Install(SIGPIPE, SIG_IGN);
}

StopSignals::~StopSignals() {
  for (const Saved& saved : saved_) {
    ::sigaction(saved.signal, &saved.action, nullptr);
  }
  g_descriptor = -1;
  ::close(pipe_[0]);
  ::close(pipe_[1]);
}

void StopSignals::Install(int signal, void (*handler)(int)) {
  struct sigaction before {};
  ::sigaction(signal, nullptr, &before);
  if (before.sa_handler == SIG_IGN) return;
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(signal, &action, nullptr);
  saved_.push_back({signal, before});
}

std::vector<int> StopSignals::Take() {
  std::vector<int> signals;
  unsigned char byte = 0;
  while (::read(pipe_[0], &byte, 1) == 1) signals.push_back(byte);
  return signals;
}

}  // namespace isoflop
