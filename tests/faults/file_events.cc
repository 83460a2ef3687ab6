#include "tests/faults/file_events.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <system_error>

#include "lib/core/error.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

}  // namespace

FileEvents::FileEvents(const fs::path& root)
    : root_(root), descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  Require(descriptor_ >= 0, "inotify: {}", std::strerror(errno));
  Watch(root_.parent_path());
  WatchAllBelow(root_);
}

FileEvents::~FileEvents() { ::close(descriptor_); }

void FileEvents::Watch(const fs::path& directory) {
  const int watch = ::inotify_add_watch(descriptor_, directory.c_str(),
                                        IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
  if (watch >= 0) watched_[watch] = directory;
}

void FileEvents::WatchAllBelow(const fs::path& directory) {
  std::error_code code;
  if (!fs::is_directory(directory, code)) return;
  Watch(directory);
  for (fs::directory_iterator at(directory, code), end; !code && at != end;
       at.increment(code)) {
    std::error_code gone;
    if (at->is_directory(gone)) WatchAllBelow(at->path());
  }
}

void FileEvents::Hear(const fs::path& path, std::uint32_t mask,
                      std::vector<std::string>* names) {
  const std::string below = path.lexically_relative(root_).string();
  if (below.starts_with("..")) return;
  if ((mask & IN_ISDIR) != 0) return WatchAllBelow(path);
  names->push_back(below);
}

std::vector<std::string> FileEvents::Take(int milliseconds) {
  pollfd ready{descriptor_, POLLIN, 0};
  ::poll(&ready, 1, milliseconds);
  std::vector<std::string> names;
  alignas(inotify_event) std::array<char, 16384> buffer;
  ssize_t size = 0;
  while ((size = ::read(descriptor_, buffer.data(), buffer.size())) > 0) {
    for (ssize_t at = 0; at < size;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      const auto found = watched_.find(event.wd);
      if (event.len > 0 && found != watched_.end()) {
        Hear(found->second / name, event.mask, &names);
      }
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
  return names;
}

}  // namespace isoflop
