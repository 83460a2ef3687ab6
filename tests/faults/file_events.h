// Hears of files that appear, so that a fault can come at that very instant.

#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace isoflop {

/// Watches a directory that may not be there yet, and all below it (inotify).
class FileEvents {
 public:
  /// REQUIRES: the parent of `root` exists. Throws Error.
  explicit FileEvents(const std::filesystem::path& root);
  ~FileEvents();
  FileEvents(const FileEvents&) = delete;
  FileEvents& operator=(const FileEvents&) = delete;

  /// Waits at most so long for files that are created or take another's place;
  /// returns their paths below the root. What appears in a directory that is
  /// new itself may go unheard.
  std::vector<std::string> Take(int milliseconds);

 private:
  void Watch(const std::filesystem::path& directory);
  void WatchAllBelow(const std::filesystem::path& directory);
  void Hear(const std::filesystem::path& path, std::uint32_t mask,
            std::vector<std::string>* names);

  std::filesystem::path root_;
  int descriptor_ = -1;
  std::map<int, std::filesystem::path> watched_;
};

}  // namespace isoflop
