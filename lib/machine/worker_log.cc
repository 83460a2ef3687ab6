#include "lib/machine/worker_log.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

#include "lib/core/error.h"
#include "lib/core/system_error.h"

namespace isoflop {
namespace {

constexpr std::size_t kTailLength = 600;

}  // namespace

WorkerLog::WorkerLog(const std::filesystem::path& path)
    : descriptor_(
          ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)),
      start_(0) {
  Require(descriptor_ >= 0, "{}: cannot write: {}", path.string(),
          SystemErrorText(errno));
  start_ = std::max<off_t>(0, ::lseek(descriptor_, 0, SEEK_END));
}

WorkerLog::WorkerLog()
    : descriptor_(::memfd_create("isoflop-worker-log", MFD_CLOEXEC)),
      start_(0) {
  Require(descriptor_ >= 0, "cannot make a log: {}", SystemErrorText(errno));
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

std::size_t WorkerLog::CountLines() const {
  std::array<char, 4096> bytes;
  std::size_t ends = 0;
  char last = '\n';
  off_t at = 0;
  while (true) {
    const ssize_t n = ::pread(descriptor_, bytes.data(), bytes.size(), at);
    if (n <= 0) break;
    const std::span piece(bytes.data(), static_cast<std::size_t>(n));
    ends += static_cast<std::size_t>(std::ranges::count(piece, '\n'));
    last = piece.back();
    at += n;
  }
  return ends + (last == '\n' ? 0 : 1);
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
