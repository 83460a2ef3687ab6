#include "tests/faults/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <sstream>
#include <system_error>

#include "lib/core/clock.h"
#include "lib/core/error.h"
#include "lib/core/files.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr useconds_t kPause = 5000;

void Limit(__rlimit_resource resource,
           const std::optional<std::uint64_t>& most) {
  if (!most) return;
  const rlimit limit{*most, *most};
  ::setrlimit(resource, &limit);
}

void Open(int descriptor, const std::string& path, int flags) {
  const int opened = ::open(path.c_str(), flags, 0644);
  if (opened == descriptor) return;
  ::dup2(opened, descriptor);
  ::close(opened);
}

/// In the child; returns only where the program cannot be started.
void Become(std::vector<char*>* argv, const std::string& said,
            const Surroundings& surroundings) {
  ::setsid();
  Open(STDIN_FILENO, "/dev/null", O_RDONLY);
  constexpr int kToWrite = O_WRONLY | O_CREAT | O_TRUNC;
  Open(STDOUT_FILENO, said + ".out", kToWrite);
  Open(STDERR_FILENO, said + ".err", kToWrite);
  for (const int descriptor : surroundings.full) {
    Open(descriptor, "/dev/full", O_WRONLY);
  }
  for (const int descriptor : surroundings.closed) ::close(descriptor);
  Limit(RLIMIT_AS, surroundings.address_space);
  Limit(RLIMIT_FSIZE, surroundings.file_size);
  Limit(RLIMIT_NOFILE, surroundings.open_files);
  ::execv((*argv)[0], argv->data());
}

/// What /proc says of a process.
struct ProcessState {
  char state = 'X';
  pid_t session = 0;
};

std::optional<ProcessState> StateOf(const fs::path& process) {
  std::ifstream file(process / "stat");
  std::string text;
  std::getline(file, text);
  // The name is in brackets and may hold anything.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(name_end + 1));
  ProcessState found;
  pid_t parent = 0, group = 0;
  rest >> found.state >> parent >> group >> found.session;
  return found;
}

std::optional<pid_t> ParsePid(const std::string& name) {
  pid_t pid = 0;
  const char* end = name.data() + name.size();
  const auto parsed = std::from_chars(name.data(), end, pid);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return pid;
}

/// The first argument of a process; empty when it has none or is gone.
std::string FirstArgument(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
  std::string program, argument;
  std::getline(file, program, '\0');
  std::getline(file, argument, '\0');
  return argument;
}

}  // namespace

std::vector<pid_t> ProcessesOf(pid_t session) {
  std::vector<pid_t> processes;
  std::error_code code;
  for (fs::directory_iterator at("/proc", code), end; !code && at != end;
       at.increment(code)) {
    const auto pid = ParsePid(at->path().filename().string());
    if (!pid) continue;
    const auto state = StateOf(at->path());
    // A zombie has ended, though nobody may have asked how.
    const bool ended = !state || state->state == 'Z' || state->state == 'X';
    if (!ended && state->session == session) processes.push_back(*pid);
  }
  return processes;
}

Program::Program(const std::vector<std::string>& arguments,
                 const fs::path& said, const Surroundings& surroundings)
    : said_(said) {
  std::vector<std::string> words{ISOFLOP_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const std::string prefix = said.string();
  for (const char* stream : {".out", ".err"}) fs::remove(prefix + stream);
  pid_ = ::fork();
  Require(pid_ >= 0, "cannot start {}", ISOFLOP_PROGRAM);
  if (pid_ != 0) return;
  Become(&argv, prefix, surroundings);
  ::_exit(127);
}

Program::~Program() {
  for (const pid_t pid : ProcessesOf(pid_)) ::kill(pid, SIGKILL);
  if (!ended_) {
    ::kill(pid_, SIGKILL);
    Wait(60.0);
  }
}

std::vector<pid_t> Program::Children(std::string_view verb) const {
  const std::string pid = std::to_string(pid_);
  std::ifstream file("/proc/" + pid + "/task/" + pid + "/children");
  std::vector<pid_t> found;
  for (pid_t child = 0; file >> child;) {
    if (FirstArgument(child) == verb) found.push_back(child);
  }
  return found;
}

bool Program::Ended() {
  if (ended_) return true;
  int status = 0;
  const pid_t pid = ::waitpid(pid_, &status, WNOHANG);
  if (pid != pid_) return false;
  ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

std::optional<int> Program::Wait(double seconds) {
  const double start = MonotonicSeconds();
  while (!Ended()) {
    if (MonotonicSeconds() - start > seconds) return std::nullopt;
    ::usleep(kPause);
  }
  return ended_;
}

bool Program::WaitForSilence(double seconds) const {
  const double start = MonotonicSeconds();
  while (!ProcessesOf(pid_).empty()) {
    if (MonotonicSeconds() - start > seconds) return false;
    ::usleep(10 * kPause);
  }
  return true;
}

std::string Program::Out() const {
  return ReadFileIfAny(said_.string() + ".out").value_or("");
}

std::string Program::Err() const {
  return ReadFileIfAny(said_.string() + ".err").value_or("");
}

}  // namespace isoflop
