#include "lib/machine/worker_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <initializer_list>

#include "lib/core/error.h"
#include "lib/core/system_error.h"
#include "lib/core/worker_environment.h"

namespace isoflop {
namespace {

// A line longer than this is not of the protocol.
constexpr std::size_t kLongestLine = 1 << 20;

/// Both ends close on exec; the child gets duplicates.
struct Pipe {
  Pipe() {
    // Apart: errno is to be read after it.
    const bool made = ::pipe2(ends.data(), O_CLOEXEC) == 0;
    Require(made, "cannot make a pipe: {}", SystemErrorText(errno));
  }
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  /// Gives one end away, which then never blocks.
  int Release(std::size_t end) {
    const int released = ends[end];
    ends[end] = -1;
    ::fcntl(released, F_SETFL, O_NONBLOCK);
    return released;
  }

  void CloseEnd(std::size_t end) {
    ::close(ends[end]);
    ends[end] = -1;
  }

  std::array<int, 2> ends{-1, -1};  // to read from, to write to
};

std::vector<char*> Pointers(std::vector<std::string>* strings) {
  std::vector<char*> pointers;
  for (std::string& text : *strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What a child needs between fork and exec, where nothing may be allocated.
struct Start {
  const char* path;
  char* const* arguments;
  char* const* environment;
  std::array<int, 3> descriptors;  // that become 0, 1 and 2
  int report;                      // takes errno where there is no exec
  pid_t parent;
};

/// Closes on exec and is none of 0, 1 and 2, which are about to be replaced.
int AboveStandard(int descriptor) {
  return ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/// A process group of its own, no blocked signals, default actions; the kernel
/// kills it when its parent dies. Calls only what is safe after fork.
[[noreturn]] void BecomeWorker(Start start) {
  start.report = AboveStandard(start.report);
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // It may have died before that.
  if (::getppid() != start.parent) ::_exit(127);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGXFSZ}) {
    ::signal(signal, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int& descriptor : start.descriptors) {
    descriptor = AboveStandard(descriptor);
  }
  for (int i = 0; i < 3; ++i) {
    ::dup2(start.descriptors[static_cast<std::size_t>(i)], i);
  }
  ::execve(start.path, start.arguments, start.environment);
  const int error = errno;
  [[maybe_unused]] const ssize_t written =
      ::write(start.report, &error, sizeof error);
  ::_exit(127);
}

/// A signal that comes between fork and exec is for the child's program, and
/// not for a handler of ours in a copy of this process.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

/// Returns what a child reports, 0 once it has become its program.
int ReadReport(int descriptor) {
  int error = 0;
  while (::read(descriptor, &error, sizeof error) < 0 && errno == EINTR) {
  }
  return error;
}

bool Contains(std::initializer_list<int> numbers, int number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

void CloseAndForget(int* descriptor) {
  if (*descriptor >= 0) ::close(*descriptor);
  *descriptor = -1;
}

}  // namespace

WorkerProcess::WorkerProcess(const WorkerProgram& program,
                             const std::vector<std::string>& arguments,
                             int log_descriptor) {
  Pipe in, out, report;
  std::vector<std::string> words{program.path.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment =
      WorkerEnvironment(OwnEnvironment(), program.environment);
  const std::vector<char*> argument_pointers = Pointers(&words);
  const std::vector<char*> environment_pointers = Pointers(&environment);
  const Start start{.path = program.path.c_str(),
                    .arguments = argument_pointers.data(),
                    .environment = environment_pointers.data(),
                    .descriptors = {in.ends[0], out.ends[1], log_descriptor},
                    .report = report.ends[1],
                    .parent = ::getpid()};
  int error = 0;
  {
    const BlockedSignals blocked;
    pid_ = ::fork();
    if (pid_ == 0) BecomeWorker(start);
    error = errno;
  }
  if (pid_ > 0) {
    report.CloseEnd(1);
    error = ReadReport(report.ends[0]);
    if (error != 0) ::waitpid(pid_, nullptr, 0);
  }
  Require(error == 0, "{}: cannot be started: {}", program.path.string(),
          SystemErrorText(error));
  input_ = in.Release(1);
  output_ = out.Release(0);
}

WorkerProcess::~WorkerProcess() {
  CloseInput();
  CloseAndForget(&output_);
  if (ended_) return;
  Kill();
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool WorkerProcess::Send(const std::string& line) {
  if (input_ < 0) return false;
  const std::string whole = line + "\n";
  // A command fits into the pipe of a worker that waits for one.
  return ::write(input_, whole.data(), whole.size()) ==
         static_cast<ssize_t>(whole.size());
}

void WorkerProcess::CloseInput() { CloseAndForget(&input_); }

std::vector<std::string> WorkerProcess::ReadLines() {
  std::vector<std::string> lines;
  std::array<char, 4096> bytes;
  while (output_ >= 0) {
    const ssize_t n = ::read(output_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) break;
    if (n <= 0) {
      CloseAndForget(&output_);
      break;
    }
    for (const char c :
         std::string_view(bytes.data(), static_cast<std::size_t>(n))) {
      if (c != '\n' && partial_.size() < kLongestLine) {
        partial_ += c;
      } else {
        lines.push_back(std::move(partial_));
        partial_.clear();
      }
    }
  }
  return lines;
}

std::optional<int> WorkerProcess::Ended() {
  if (ended_) return ended_;
  int status = 0;
  const pid_t pid = ::waitpid(pid_, &status, WNOHANG);
  if (pid == pid_) ended_ = status;
  // Where SIGCHLD is ignored nobody can say how it ended, but it has.
  if (pid < 0 && errno == ECHILD) ended_ = kUnknownEnd;
  return ended_;
}

void WorkerProcess::Kill() {
  if (!ended_) ::kill(-pid_, SIGKILL);
}

bool EndedFromOutside(int wait_status) {
  if (wait_status == kUnknownEnd) return false;
  if (WIFSIGNALED(wait_status)) {
    return Contains(
        {SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR2, SIGXCPU, SIGBUS},
        WTERMSIG(wait_status));
  }
  // Bad usage, which is a device that is not there; stopped at a checkpoint,
  // also by a signal. See `isoflop-worker --help`.
  return Contains({2, 75, 128 + SIGHUP, 128 + SIGINT, 128 + SIGTERM},
                  WEXITSTATUS(wait_status));
}

std::string DescribeEnd(int wait_status) {
  if (wait_status == kUnknownEnd) return "ended, it is not known how";
  if (!WIFSIGNALED(wait_status)) {
    return fmt::format("exited with status {}", WEXITSTATUS(wait_status));
  }
  const int signal = WTERMSIG(wait_status);
  const char* name = ::sigabbrev_np(signal);
  return fmt::format("was killed by {}{} ({})", name == nullptr ? "" : "SIG",
                     name == nullptr ? std::to_string(signal) : name,
                     ::strsignal(signal));
}

}  // namespace isoflop
