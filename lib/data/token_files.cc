#include "lib/data/token_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "lib/data/megatron_index.h"
#include "lib/data/token_checks.h"

namespace isoflop {
namespace {

/// A file of tokens, and the index that says what they are, if there is one.
struct TokenPlace {
  DataFile file;
  std::optional<std::filesystem::path> index;
};

/// Returns the `.bin` for an `.idx` that was named, and the `.idx` for a
/// `.bin`. Both are one place; which comes first counts.
std::vector<TokenPlace> PlacesOf(FileList* list, TokenFormat format) {
  std::vector<TokenPlace> places;
  for (const DataFile& file : list->files) {
    TokenPlace place{.file = file, .index = std::nullopt};
    if (format == TokenFormat::kAuto) {
      place.index = MegatronIndexBeside(file.path);
      if (file.path.extension() == ".idx" && IsMegatronIndex(file.path)) {
        place.index = file.path;
        place.file.path.replace_extension(".bin");
      }
    }
    const auto is_same = [&place](const TokenPlace& other) {
      return other.file.path == place.file.path;
    };
    if (place.index && std::ranges::any_of(places, is_same)) {
      ++list->repeated;
      continue;
    }
    places.push_back(std::move(place));
  }
  return places;
}

TokenFile OpenFile(const TokenPlace& place, const FileList& list,
                   TokenFormat format) {
  const std::string name = place.file.path.string();
  if (!place.index) return {name, Map(place.file, list), format};
  const MappedFile index(*place.index);
  return {name, Map(place.file, list),
          ReadMegatronIndex(place.index->string(), index.bytes())};
}

/// Says which token of a file is not in the vocabulary, and as what all would
/// be; or why it cannot be what it is read as.
void CheckTokens(const TokenFile& file, std::int64_t vocab_size,
                 Inspection inspection, Problems* problems) {
  if (const auto why = MisreadTokens(file, inspection); !why.empty()) {
    return problems->Add(file.name(), why);
  }
  const auto outside = FindOutside(file, vocab_size, inspection);
  if (!outside) return;
  const std::string other = OtherReading(file, vocab_size, inspection);
  problems->Add(
      file.name(),
      fmt::format("token {} is {}, not below data.vocab_size {}{}",
                  outside->index, outside->token, vocab_size,
                  other.empty() ? ""
                                : fmt::format("; read as {} all are: the file "
                                              "may be that",
                                              other)));
}

bool HaveSameTokens(const TokenFile& a, const TokenFile& b) {
  return a.width() == b.width() && a.size() == b.size() &&
         std::memcmp(a.tokens().data(), b.tokens().data(), a.tokens().size()) ==
             0;
}

}  // namespace

TokenFiles OpenTokenFiles(FileList* list, TokenFormat format,
                          Problems* problems) {
  TokenFiles opened;
  for (const TokenPlace& place : PlacesOf(list, format)) {
    try {
      const TokenFile& tokens =
          opened.files.emplace_back(OpenFile(place, *list, format));
      opened.tokens += tokens.size();
      opened.bytes += std::ssize(tokens.tokens());
    } catch (const Error& error) {
      problems->Add("", error.what());
    }
  }
  return opened;
}

std::int64_t CheckTokenFiles(std::int64_t vocab_size, Inspection inspection,
                             TokenFiles* opened, Problems* problems) {
  std::deque<TokenFile> files;
  std::int64_t copies = 0;
  for (TokenFile& file : opened->files) {
    const std::string hash = ContentHash(file.tokens(), inspection);
    // Compared as well: the hash of a large file is only of samples.
    bool is_copy = false;
    for (std::size_t i = 0; i < files.size() && !is_copy; ++i) {
      is_copy = opened->hashes[i] == hash && HaveSameTokens(files[i], file);
    }
    if (is_copy) {
      opened->tokens -= file.size();
      ++copies;
      continue;
    }
    CheckTokens(file, vocab_size, inspection, problems);
    opened->hashes.push_back(hash);
    files.push_back(std::move(file));
  }
  opened->files = std::move(files);
  return copies;
}

}  // namespace isoflop
