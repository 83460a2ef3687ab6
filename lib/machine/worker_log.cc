#include "lib/machine/worker_log.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "lib/core/error.h"

namespace isoflop {
namespace {

constexpr std::size_t kTailLength = 600;

}  // namespace

WorkerLog::WorkerLog(const std::filesystem::path& path)
    : descriptor_(
          ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)),
      start_(0) {
  Require(descriptor_ >= 0, "{}: cannot write: {}", path.string(),
          std::strerror(errno));
  start_ = std::max<off_t>(0, ::lseek(descriptor_, 0, SEEK_END));
}

WorkerLog::WorkerLog()
    : descriptor_(::memfd_create("isoflop-worker-log", MFD_CLOEXEC)),
      start_(0) {
  Require(descriptor_ >= 0, "cannot make a log: {}", std::strerror(errno));
}

WorkerLog::~WorkerLog() { ::close(descriptor_); }

std::string WorkerLog::Tail() const {
  std::array<char, kTailLength> bytes;
  const off_t end = ::lseek(descriptor_, 0, SEEK_END);
  // The file may end with what workers wrote before this one.
  const off_t from = std::max(start_, end - static_cast<off_t>(bytes.size()));
  const ssize_t n = ::pread(descriptor_, bytes.data(), bytes.size(), from);
  return n <= 0 ? ""
                : Printable({bytes.data(), static_cast<std::size_t>(n)},
                            kTailLength);
}

std::string Printable(const std::string& text, std::size_t length) {
  std::string printable;
  for (const char c : text) {
    if (c == '\n') {
      if (!printable.empty() && !printable.ends_with(" | ")) printable += " | ";
    } else if (c == '\t' || (c >= ' ' && c <= '~')) {
      printable += c == '\t' ? ' ' : c;
    } else {
      printable += '?';
    }
  }
  if (printable.ends_with(" | ")) printable.resize(printable.size() - 3);
  if (printable.size() <= length) return printable;
  return "..." + printable.substr(printable.size() - length);
}

}  // namespace isoflop
