#include "lib/tokenize/token_writer.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cassert>
#include <cstring>

#include "lib/core/files.h"
#include "lib/core/hash.h"

namespace isoflop {
namespace {

static_assert(std::endian::native == std::endian::little);

template <typename Integer>
std::vector<std::byte> Pack(std::span<const std::uint32_t> ids) {
  std::vector<std::byte> bytes(ids.size() * sizeof(Integer));
  std::byte* out = bytes.data();
  for (const std::uint32_t id : ids) {
    const auto token = static_cast<Integer>(id);
    std::memcpy(out, &token, sizeof token);
    out += sizeof token;
  }
  return bytes;
}

}  // namespace

TokenWidth WidthFor(std::int64_t vocab_size) {
  constexpr std::int64_t kUint16Values = 65536;
  return vocab_size <= kUint16Values ? TokenWidth::kUint16
                                     : TokenWidth::kUint32;
}

std::string TokenFileName(const std::string& prefix, std::size_t number) {
  return fmt::format("{}_{:03}.bin", prefix, number);
}

std::string WriteTokenFile(const std::filesystem::path& path, TokenWidth width,
                           std::vector<std::span<const std::byte>> parts) {
  std::size_t bytes = 0;
  for (const auto part : parts) bytes += part.size();
  const bool narrow = width == TokenWidth::kUint16;
  std::array<std::int32_t, kTokenHeaderBytes / sizeof(std::int32_t)> header{};
  header[0] = narrow ? 20240520 : 20240801;
  header[1] = narrow ? 1 : 7;
  header[2] =
      static_cast<std::int32_t>(bytes / static_cast<std::size_t>(width));
  assert(header[2] > 0);
  parts.insert(parts.begin(), std::as_bytes(std::span(header)));
  Sha256 hash;
  for (const auto part : parts) hash.Update(part);
  WriteFileAtomically(path, parts);
  return hash.Hex();
}

std::vector<std::byte> PackTokens(std::span<const std::uint32_t> ids,
                                  TokenWidth width) {
  return width == TokenWidth::kUint16 ? Pack<std::uint16_t>(ids)
                                      : Pack<std::uint32_t>(ids);
}

}  // namespace isoflop
