#include "lib/data/data_watch.h"

#include <fmt/format.h>

#include "lib/core/error.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::size_t kMostSampled = 256;  // files
constexpr std::size_t kMostNamed = 5;

}  // namespace

void DataWatch::Add(const std::filesystem::path& path, const FileStamp& stamp,
                    std::span<const std::byte> bytes, Inspection inspection,
                    const std::string& content_hash) {
  const bool sampled = files_.size() < kMostSampled;
  files_.push_back(
      {.path = path,
       .stamp = stamp,
       .bytes = bytes,
       .inspection = inspection,
       .content_hash = content_hash,
       .sample_hash =
           sampled ? ContentHash(bytes, Inspection::kSampled) : std::string()});
}

void DataWatch::RequireUnchanged() const {
  std::vector<std::string> changed;
  for (const Watched& file : files_) {
    if (HasChanged(file)) changed.push_back(file.path.string());
  }
  Require(changed.empty(),
          "data: {} ha{} changed while training: what was trained on them is "
          "not kept; restore what the sweep was planned with and run it again, "
          "or start another sweep directory for the new data",
          ShortList(changed, kMostNamed), changed.size() == 1 ? "s" : "ve");
}

bool DataWatch::HasChanged(const Watched& file) {
  const auto now = StampOf(file.path);
  if (now && now->SameFile(file.stamp) && *now != file.stamp) {
    // Beyond its end there is nothing to read any more.
    if (now->bytes != file.stamp.bytes) return true;
    if (file.inspection == Inspection::kSampled) return true;
    if (ContentHash(file.bytes, file.inspection) != file.content_hash) {
      return true;
    }
  }
  return !file.sample_hash.empty() &&
         ContentHash(file.bytes, Inspection::kSampled) != file.sample_hash;
}

}  // namespace isoflop
