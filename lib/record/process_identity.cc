#include "lib/record/process_identity.h"

#include <fmt/format.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <string>

#include "lib/core/clock.h"

namespace isoflop {
namespace {

std::string HostName() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

/// Where process numbers mean what they mean here: one boot of one machine, and
/// in it one process namespace (containers have their own).
std::string ProcessSpace() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  struct stat space {};
  ::stat("/proc/self/ns/pid", &space);
  return fmt::format("{}/{}", boot, space.st_ino);
}

/// State letter and start time (clock ticks since boot) of a process.
struct ProcessStat {
  char state = '?';
  std::string start;
};

/// Returns a process without start when there is none, or none to be seen.
ProcessStat ReadStat(std::int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  // Unlike iterators, this does not throw when the process ends meanwhile.
  std::getline(file, text, '\0');
  // The second field is the name in parentheses, which may contain anything.
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  ProcessStat stat;
  fields >> stat.state;
  constexpr int kStateField = 3, kStartField = 22;
  for (int field = kStateField; field < kStartField; ++field) {
    fields >> stat.start;
  }
  return stat;
}

}  // namespace

LeaseHolder ThisProcess() {
  LeaseHolder self;
  self.host = HostName();
  self.pid = ::getpid();
  self.process_start = ProcessSpace() + "/" + ReadStat(self.pid).start;
  self.since = UtcNow();
  return self;
}

Liveness LivenessOf(const LeaseHolder& holder) {
  const std::string space = ProcessSpace() + "/";
  if (holder.host != HostName() || !holder.process_start.starts_with(space)) {
    return Liveness::kUnknown;
  }
  const ProcessStat stat = ReadStat(holder.pid);
  if (stat.start.empty()) {
    // /proc may hide what belongs to somebody else.
    const bool exists = ::kill(static_cast<pid_t>(holder.pid), 0) == 0;
    return exists || errno == EPERM ? Liveness::kUnknown : Liveness::kDead;
  }
  const bool gone = stat.state == 'Z' || stat.state == 'X';
  const bool same = holder.process_start == space + stat.start;
  return same && !gone ? Liveness::kAlive : Liveness::kDead;
}

}  // namespace isoflop
