// Whether files that are mapped are still as they were when they were opened:
// what is written into one changes what is trained on, in the middle of a run.

#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "lib/core/mapped_file.h"
#include "lib/data/inspection.h"

namespace isoflop {

class DataWatch {
 public:
  /// Watches a file of which the process has mapped `bytes`, all or a part.
  /// `content_hash` is their ContentHash by `inspection`.
  /// REQUIRES: they stay mapped for as long as it watches.
  void Add(const std::filesystem::path& path, const FileStamp& stamp,
           std::span<const std::byte> bytes, Inspection inspection,
           const std::string& content_hash);

  /// Throws Error, naming the files, where the content of any has changed.
  ///
  /// One of another size has; one that was written to since it was opened, by
  /// its time, has where the hash of its content is another, or where that is
  /// of samples. Of up to 256 files samples are compared whatever the time
  /// says: it can be set, and comes late for what is written into a mapping. A
  /// file that was replaced or deleted has not changed: what was mapped is
  /// still there.
  void RequireUnchanged() const;

 private:
  struct Watched {
    std::filesystem::path path;
    FileStamp stamp;
    std::span<const std::byte> bytes;
    Inspection inspection;
    std::string content_hash;
    std::string sample_hash;  // empty: there are too many files for that
  };

  static bool HasChanged(const Watched& file);

  std::vector<Watched> files_;
};

}  // namespace isoflop
