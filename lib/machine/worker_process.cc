#include "lib/machine/worker_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "lib/core/error.h"
#include "lib/core/worker_environment.h"

namespace isoflop {
namespace {

// A line longer than this is not of the protocol.
constexpr std::size_t kLongestLine = 1 << 20;

/// Both ends close on exec; the child gets duplicates.
struct Pipe {
  Pipe() {
    Require(::pipe2(ends.data(), O_CLOEXEC) == 0, "cannot make a pipe: {}",
            std::strerror(errno));
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

  std::array<int, 2> ends{-1, -1};  // to read from, to write to
};

/// Descriptors 0, 1 and 2 of the child.
class FileActions {
 public:
  FileActions(int in, int out, int err) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, err, STDERR_FILENO);
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

/// A process group of its own, no blocked signals, default actions.
class Attributes {
 public:
  Attributes() {
    sigset_t none, defaults;
    ::sigemptyset(&none);
    ::sigemptyset(&defaults);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGHUP}) {
      ::sigaddset(&defaults, signal);
    }
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setflags(
        &attributes_,
        static_cast<short>(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                           POSIX_SPAWN_SETSIGDEF));
  }
  ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

std::vector<char*> Pointers(std::vector<std::string>* strings) {
  std::vector<char*> pointers;
  for (std::string& text : *strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

void CloseAndForget(int* descriptor) {
  if (*descriptor >= 0) ::close(*descriptor);
  *descriptor = -1;
}

}  // namespace

WorkerProcess::WorkerProcess(const WorkerProgram& program,
                             const std::vector<std::string>& arguments,
                             int log_descriptor) {
  Pipe in, out;
  const FileActions actions(in.ends[0], out.ends[1], log_descriptor);
  const Attributes attributes;
  std::vector<std::string> words{program.path.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment =
      WorkerEnvironment(OwnEnvironment(), program.environment);
  const int error = ::posix_spawn(&pid_, program.path.c_str(), actions.get(),
                                  attributes.get(), Pointers(&words).data(),
                                  Pointers(&environment).data());
  Require(error == 0, "{}: cannot be started: {}", program.path.string(),
          std::strerror(error));
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
