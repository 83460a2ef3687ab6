#include "lib/data/token_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/file_kind.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kHeaderBytes = 256 * sizeof(std::int32_t);

/// A row of the table of headers.
struct HeaderFormat {
  std::int32_t magic;
  std::int32_t version;
  TokenWidth width;
  bool names_width = false;  // in field 3, in bytes; 0: it is `width`
};

constexpr std::array<HeaderFormat, 3> kHeaderFormats = {
    {{20240520, 1, TokenWidth::kUint16},
     {20240801, 7, TokenWidth::kUint32},
     {278895051, 1, TokenWidth::kUint16, true}}};

const HeaderFormat* FindFormat(std::int32_t magic) {
  const auto* found =
      std::ranges::find(kHeaderFormats, magic, &HeaderFormat::magic);
  return found == kHeaderFormats.end() ? nullptr : found;
}

/// The `index`-th number of a header. REQUIRES: it lies within the file.
std::int32_t HeaderField(Bytes file, std::size_t index) {
  std::int32_t value = 0;
  std::memcpy(&value, file.data() + index * sizeof value, sizeof value);
  return value;
}

TokenWidth WidthOf(const HeaderFormat& format, Bytes file,
                   const std::string& name) {
  const std::int32_t bytes = format.names_width ? HeaderField(file, 3) : 0;
  if (bytes == 0) return format.width;
  Require(bytes == 2 || bytes == 4,
          "{}: its header says that a token has {} bytes; 2 and 4 are read",
          name, bytes);
  return static_cast<TokenWidth>(bytes);
}

/// Whether a file is text: token ids would have other bytes among theirs.
bool IsText(std::string_view head) {
  constexpr std::size_t kEnough = 32;       // bytes
  constexpr std::size_t kCutCharacter = 3;  // the last may be cut
  const bool printable = std::ranges::all_of(head, [](char c) {
    return static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\r' ||
           c == '\t' || c == '\f';
  });
  return printable && head.size() >= kEnough &&
         ValidUtf8Prefix(head).size() + kCutCharacter >= head.size();
}

}  // namespace

TokenFile::TokenFile(std::string name, MappedFile mapped, TokenFormat format)
    : name_(std::move(name)),
      mapped_(std::move(mapped)),
      tokens_(mapped_.bytes()) {
  RefuseOtherKinds();
  if (format == TokenFormat::kAuto) {
    ReadHeader();
    return;
  }
  RefuseHeader();
  without_header_ = true;
  width_ = format == TokenFormat::kUint16 ? TokenWidth::kUint16
                                          : TokenWidth::kUint32;
  Require(tokens_.size() % static_cast<std::size_t>(width_) == 0,
          "{}: {} bytes are no whole number of {} tokens", name_,
          tokens_.size(), NameOf(format));
}

TokenFile::TokenFile(std::string name, MappedFile mapped,
                     const MegatronIndex& index)
    : name_(std::move(name)),
      mapped_(std::move(mapped)),
      width_(index.width),
      tokens_(mapped_.bytes()) {
  const std::int64_t expected = index.tokens * static_cast<int>(width_);
  Require(std::ssize(tokens_) == expected,
          "{}: the index beside it says {} tokens, {} bytes, but {} are there",
          name_, index.tokens, expected, tokens_.size());
}

void TokenFile::RefuseOtherKinds() const {
  const Bytes file = mapped_.bytes();
  const std::string_view head(reinterpret_cast<const char*>(file.data()),
                              std::min(file.size(), kFileKindBytes));
  auto kind = KindOf(head);
  // With a mark, and in Latin letters: 65279 may be a token.
  if (!kind && head.starts_with("\xff\xfe") && WideTextKindOf(head.substr(2))) {
    kind = WideTextKindOf(head);
  }
  if (kind) throw Error(fmt::format("{}: {}", name_, InWords(*kind)));
  Require(!IsText(head),
          "{}: is text, no file of token ids: its kind of data is \"text\"",
          name_);
}

void TokenFile::ReadHeader() {
  const Bytes file = mapped_.bytes();
  Require(file.size() >= kHeaderBytes,
          "{}: {} bytes are too few for the llm.c header of {}; for a file "
          "without a header set data.format to uint16 or uint32",
          name_, file.size(), kHeaderBytes);
  const std::int32_t magic = HeaderField(file, 0);
  const HeaderFormat* format = FindFormat(magic);
  Require(format != nullptr,
          "{}: magic number {} is neither 20240520 (uint16), 20240801 (uint32) "
          "nor 278895051, and no index of Megatron (.idx) lies beside it; for "
          "a file without a header set data.format to uint16 or uint32",
          name_, magic);
  Require(HeaderField(file, 1) == format->version,
          "{}: version {} of the format {} is not known, only {}", name_,
          HeaderField(file, 1), magic, format->version);
  width_ = WidthOf(*format, file, name_);
  tokens_ = file.subspan(kHeaderBytes);
  const std::int64_t count = HeaderField(file, 2);
  Require(count > 0, "{}: its header says that it holds {} tokens", name_,
          count);
  const std::int64_t expected = count * static_cast<int>(width_);
  // A file that was cut off, or is still being written, must not be used.
  Require(std::ssize(tokens_) == expected,
          "{}: its header says {} tokens, {} bytes after the header, but {} "
          "are there",
          name_, count, expected, tokens_.size());
}

void TokenFile::RefuseHeader() const {
  const Bytes file = mapped_.bytes();
  if (file.size() < kHeaderBytes) return;
  const HeaderFormat* format = FindFormat(HeaderField(file, 0));
  // Both numbers, as two tokens may well look like the first of them.
  Require(format == nullptr || HeaderField(file, 1) != format->version,
          "{}: begins with the header {}, which would be read as tokens; set "
          "data.format to auto",
          name_, HeaderField(file, 0));
}

}  // namespace isoflop
