#include "lib/data/corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/file_kind.h"
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

/// Files that are no text, by what they are.
class OtherKinds {
 public:
  /// Returns whether the document is none, and remembers it if so.
  bool Add(const std::string& name, Bytes document) {
    const auto kind =
        NoPlainText({reinterpret_cast<const char*>(document.data()),
                     std::min(document.size(), kFileKindBytes)});
    if (kind) by_kind_[InWords(*kind)].push_back(name);
    return kind.has_value();
  }

  void ThrowIfAny() const {
    Problems problems;
    for (const auto& [kind, names] : by_kind_) {
      problems.Add("data.paths",
                   names.size() == 1
                       ? fmt::format("{} {}", names.front(), kind)
                       : fmt::format("each of {} files {}; the first of them "
                                     "is {}; data.extensions can leave them "
                                     "out of a folder",
                                     names.size(), kind, names.front()));
    }
    problems.ThrowIfAny();
  }

 private:
  std::map<std::string, std::vector<std::string>> by_kind_;
};

}  // namespace

Corpus::Corpus(const FileList& list, const CorpusLimits& limits) {
  CheckLimits(list, limits);
  const Inspection inspection = InspectionFor(list.bytes);
  SeenDocuments seen;
  OtherKinds others;
  Sha256 all;
  for (const DataFile& file : list.files) {
    const Bytes document =
        file.bytes < limits.mapped_from ? Read(file) : Keep(Map(file, list));
    if (others.Add(file.path.string(), document)) {
      contents_.pop_back();
      continue;
    }
    const std::string hash = ContentHash(document, inspection);
    if (!seen.Insert(hash, document)) {
      // The copy, which was the last to be read.
      contents_.pop_back();
      ++duplicates_;
      continue;
    }
    documents_.push_back(document);
    names_.push_back(file.path.string());
    bytes_ += std::ssize(document);
    all.Update(hash);
    if (const auto* mapped = std::get_if<MappedFile>(&contents_.back())) {
      watch_.Add(file.path, mapped->stamp(), document, inspection, hash);
    }
  }
  others.ThrowIfAny();
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
