#include "lib/data/token_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "lib/core/error.h"

namespace isoflop {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t kHeaderBytes = 256 * sizeof(std::int32_t);

/// A row of the table of formats that llm.c writes.
/// Source: llm.c, dev/data/data_common.py.
struct HeaderFormat {
  std::int32_t magic;
  std::int32_t version;
  TokenWidth width;
};

constexpr std::array<HeaderFormat, 2> kHeaderFormats = {
    {{20240520, 1, TokenWidth::kUint16}, {20240801, 7, TokenWidth::kUint32}}};

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

template <typename Token>
std::optional<OutsideToken> FindAtLeast(Bytes bytes, std::int64_t bound) {
  const std::int64_t count = std::ssize(bytes) / std::int64_t{sizeof(Token)};
  for (std::int64_t i = 0; i < count; ++i) {
    Token token;
    std::memcpy(&token, bytes.data() + i * std::int64_t{sizeof token},
                sizeof token);
    if (std::int64_t{token} >= bound) return {{.index = i, .token = token}};
  }
  return std::nullopt;
}

}  // namespace

TokenFile::TokenFile(std::string name, MappedFile mapped, TokenFormat format)
    : name_(std::move(name)),
      mapped_(std::move(mapped)),
      tokens_(mapped_.bytes()) {
  if (format == TokenFormat::kAuto) {
    ReadHeader();
    return;
  }
  RefuseHeader();
  width_ = format == TokenFormat::kUint16 ? TokenWidth::kUint16
                                          : TokenWidth::kUint32;
  Require(tokens_.size() % static_cast<std::size_t>(width_) == 0,
          "{}: {} bytes are no whole number of {} tokens", name_,
          tokens_.size(), NameOf(format));
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
          "{}: magic number {} is neither 20240520 (uint16) nor 20240801 "
          "(uint32); for a file without a header set data.format to uint16 or "
          "uint32",
          name_, magic);
  Require(HeaderField(file, 1) == format->version,
          "{}: version {} of the format {} is not known, only {}", name_,
          HeaderField(file, 1), magic, format->version);
  width_ = format->width;
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
          "{}: begins with the llm.c header {}, which would be read as tokens; "
          "set data.format to auto",
          name_, HeaderField(file, 0));
}

std::optional<OutsideToken> FindOutside(const TokenFile& file,
                                        std::int64_t vocab_size,
                                        Inspection inspection) {
  const bool narrow = file.width() == TokenWidth::kUint16;
  for (const Bytes part : InspectedParts(file.tokens(), inspection)) {
    auto found = narrow ? FindAtLeast<std::uint16_t>(part, vocab_size)
                        : FindAtLeast<std::uint32_t>(part, vocab_size);
    if (!found) continue;
    found->index +=
        (part.data() - file.tokens().data()) / static_cast<int>(file.width());
    return found;
  }
  return std::nullopt;
}

}  // namespace isoflop
