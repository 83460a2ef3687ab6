#include "lib/data/corpus.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/hash.h"
#include "lib/core/text.h"
#include "lib/data/inspection.h"

namespace isoflop {
namespace {

using Bytes = std::span<const std::byte>;

void CheckLimits(const FileList& list, const CorpusLimits& limits) {
  std::int64_t small_files = 0;
  std::int64_t small_bytes = 0;
  for (const DataFile& file : list.files) {
    if (file.bytes >= limits.mapped_from) continue;
    ++small_files;
    small_bytes += file.bytes;
  }
  Require(small_bytes <= limits.memory,
          "data.paths: {} files below {} hold {} together, and more than {} of "
          "such files are not read into memory: join them into larger files",
          small_files, FormatBytes(static_cast<double>(limits.mapped_from)),
          FormatBytes(static_cast<double>(small_bytes)),
          FormatBytes(static_cast<double>(limits.memory)));
  const std::int64_t mapped = std::ssize(list.files) - small_files;
  Require(
      mapped <= limits.mapped_files,
      "data.paths: {} files of {} or more cannot be mapped at once, at most "
      "{} can: join them into larger files",
      mapped, FormatBytes(static_cast<double>(limits.mapped_from)),
      limits.mapped_files);
}

/// Remembers documents by their hash; equal hashes are compared byte by byte,
/// because the hash of a large document is only of samples.
class SeenDocuments {
 public:
  /// Returns whether `document` is new, and remembers it if so.
  bool Insert(const std::string& hash, Bytes document) {
    const auto [begin, end] = by_hash_.equal_range(hash);
    const bool seen = std::any_of(begin, end, [&](const auto& entry) {
      return std::ranges::equal(entry.second, document);
    });
    if (!seen) by_hash_.emplace(hash, document);
    return !seen;
  }

 private:
  std::unordered_multimap<std::string, Bytes> by_hash_;
};

}  // namespace

Corpus::Corpus(const FileList& list, const CorpusLimits& limits) {
  CheckLimits(list, limits);
  const Inspection inspection = InspectionFor(list.bytes);
  SeenDocuments seen;
  Sha256 all;
  for (const DataFile& file : list.files) {
    const Bytes document =
        file.bytes < limits.mapped_from ? Read(file) : Keep(Map(file, list));
    const std::string hash = ContentHash(document, inspection);
    if (!seen.Insert(hash, document)) {
      // The copy, which was the last to be read.
      contents_.pop_back();
      ++duplicates_;
      continue;
    }
    documents_.push_back(document);
    bytes_ += std::ssize(document);
    all.Update(hash);
  }
  fingerprint_ = all.Hex();
}

Bytes Corpus::Read(const DataFile& file) {
  const auto& content = contents_.emplace_back(ReadFile(file.path));
  return std::as_bytes(std::span(std::get<std::string>(content)));
}

Bytes Corpus::Keep(MappedFile mapped) {
  const auto& content = contents_.emplace_back(std::move(mapped));
  return std::get<MappedFile>(content).bytes();
}

}  // namespace isoflop
