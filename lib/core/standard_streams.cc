#include "lib/core/standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "lib/core/printable.h"
#include "lib/core/text.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

std::atomic<int> output_errno{0};  // of the first write that failed

void NoteOutput(bool written) {
  if (written) return;
  int none = 0;
  output_errno.compare_exchange_strong(none, errno == 0 ? EIO : errno);
}

/// As long as it lives, a pipe that nobody reads is an error of the write, and
/// does not end the process.
class WithoutPipeSignal {
 public:
  WithoutPipeSignal() {
    sigset_t pending;
    ::sigpending(&pending);
    was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~WithoutPipeSignal() {
    const timespec now{};
    if (!was_pending_) ::sigtimedwait(&pipe_, nullptr, &now);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutPipeSignal(const WithoutPipeSignal&) = delete;
  WithoutPipeSignal& operator=(const WithoutPipeSignal&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

constexpr int kLongestWait = 1000;  // milliseconds

void WriteOrLose(int descriptor, std::string_view text) {
  const WithoutPipeSignal guard;
  while (!text.empty()) {
    const ssize_t size = ::write(descriptor, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) {
      // Somebody has made it a descriptor that does not wait.
      pollfd ready{descriptor, POLLOUT, 0};
      if (::poll(&ready, 1, kLongestWait) == 1) continue;
    }
    if (size <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

void PrintAsIs(std::string_view text) {
  errno = 0;
  NoteOutput(std::fwrite(text.data(), 1, text.size(), stdout) == text.size());
}

/// The line broken between words, below its own beginning; `width` 0: whole.
std::string Wrapped(std::string_view line, std::size_t width) {
  if (width == 0 || DisplayWidth(line) < width) return std::string(line) + "\n";
  const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
  return WrapText(line.substr(0, indent), line.substr(indent), width - 1);
}

}  // namespace

void OpenStandardStreams() {
  // The lowest descriptor that is free is the one that open returns. Those of
  // output cannot be written to, so that what is lost there is noticed.
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    const bool lost = descriptor == STDERR_FILENO;
    [[maybe_unused]] const int opened =
        ::open("/dev/null", lost ? O_WRONLY : O_RDONLY);
  }
}

void Print(std::string_view text) { PrintAsIs(Printable(text)); }

void PrintDocument(std::string_view text) {
  if (TerminalWidth(STDOUT_FILENO) > 0) return Print(text);
  PrintAsIs(text);
}

void Say(std::string_view text) {
  FlushOutput();
  const std::size_t width = TerminalWidth(STDERR_FILENO);
  const std::string printable = Printable(text);
  std::string lines;
  for (std::size_t begin = 0; begin <= printable.size();) {
    const std::size_t end =
        std::min(printable.find('\n', begin), printable.size());
    lines +=
        Wrapped(std::string_view(printable).substr(begin, end - begin), width);
    begin = end + 1;
  }
  WriteOrLose(STDERR_FILENO, lines);
}

void FlushOutput() {
  errno = 0;
  NoteOutput(std::fflush(stdout) == 0);
}

std::string OutputProblem() {
  FlushOutput();
  const int error = output_errno.load();
  return error == 0 ? "" : std::strerror(error);
}

void WriteToTerminal(int descriptor, std::string_view text) {
  if (descriptor == STDOUT_FILENO) FlushOutput();
  WriteOrLose(descriptor, text);
}

std::size_t TerminalWidth(int descriptor) {
  if (::isatty(descriptor) != 1) return 0;
  winsize size{};
  const bool known =
      ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col : 80;
}

}  // namespace isoflop
