// The documents of a text: files in memory or mapped, without copies of one
// another.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "lib/core/mapped_file.h"
#include "lib/data/data_files.h"
#include "lib/data/data_watch.h"

namespace isoflop {

/// When a file is mapped and when it is read. A process may hold some 65,000
/// mappings (vm.max_map_count), so a hundred thousand small files cannot all
/// be mapped, and 100 GB cannot be read.
struct CorpusLimits {
  std::int64_t mapped_from = 1LL << 20;  // bytes; smaller files are read
  std::int64_t mapped_files = 32768;
  std::int64_t memory = 8LL << 30;  // bytes of all files that are read
};

/// The documents of a list of files, in order.
class Corpus {
 public:
  /// Throws Error for a file that cannot be read, for files that are no text
  /// (compressed, UTF-16, a PDF, ...: see file_kind.h), and when the files
  /// exceed the limits, with the numbers.
  explicit Corpus(const FileList& list, const CorpusLimits& limits = {});

  /// Views into memory that stays where it is for as long as the corpus lives,
  /// even when the corpus is moved.
  const std::vector<std::span<const std::byte>>& documents() const {
    return documents_;
  }

  /// The path of each of the documents, for messages.
  const std::vector<std::string>& names() const { return names_; }

  /// Bytes of all documents.
  std::int64_t bytes() const { return bytes_; }

  /// Files that were left out as exact copies of an earlier one.
  std::int64_t duplicates() const { return duplicates_; }

  /// SHA-256 of the documents' contents in their order, without their names;
  /// InspectionFor says how much of large data is read for it.
  const std::string& fingerprint() const { return fingerprint_; }

  /// Of the files that are mapped; those in memory stay as they were read.
  const DataWatch& watch() const { return watch_; }

 private:
  std::span<const std::byte> Read(const DataFile& file);
  std::span<const std::byte> Keep(MappedFile mapped);

  std::deque<std::variant<std::string, MappedFile>> contents_;
  std::vector<std::span<const std::byte>> documents_;
  std::vector<std::string> names_;
  std::int64_t bytes_ = 0;
  std::int64_t duplicates_ = 0;
  std::string fingerprint_;
  DataWatch watch_;
};

}  // namespace isoflop
