#include "lib/data/megatron_index.h"

#include <array>
#include <cstring>
#include <fstream>
#include <string_view>

#include "lib/core/error.h"

namespace isoflop {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kMark = "MMIDIDX\0\0"sv;
constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kHeaderBytes = kMark.size() + 8 + 1 + 8 + 8;

/// A type of token ids, by its place in NumPy's list as Megatron numbers it.
struct IdType {
  const char* name;
  int width = 0;  // 0: ids of this type are not read
};

constexpr std::array<IdType, 9> kIdTypes = {{{"no type"},
                                             {"uint8", 1},
                                             {"int8"},
                                             {"int16"},
                                             {"int32", 4},
                                             {"int64"},
                                             {"float64"},
                                             {"float32"},
                                             {"uint16", 2}}};

template <typename Value>
Value At(std::span<const std::byte> file, std::size_t place) {
  Value value;
  std::memcpy(&value, file.data() + place, sizeof value);
  return value;
}

const IdType& RequireType(const std::string& name, std::uint8_t code) {
  const bool known = code > 0 && code < kIdTypes.size();
  Require(
      known && kIdTypes[code].width > 0,
      "{}: its tokens are of type {} ({}); those of uint8, uint16 and int32 "
      "are read: write them as one of these",
      name, code, known ? kIdTypes[code].name : "not known");
  return kIdTypes[code];
}

}  // namespace

MegatronIndex ReadMegatronIndex(const std::string& name,
                                std::span<const std::byte> file) {
  Require(file.size() >= kHeaderBytes &&
              std::memcmp(file.data(), kMark.data(), kMark.size()) == 0,
          "{}: is no index of Megatron or NeMo: it does not begin with MMIDIDX",
          name);
  std::size_t place = kMark.size();
  const auto version = At<std::uint64_t>(file, place);
  Require(version == kVersion, "{}: version {} is not known, only {}", name,
          version, kVersion);
  place += 8;
  const IdType& type = RequireType(name, At<std::uint8_t>(file, place));
  place += 1;
  const auto sequences = At<std::uint64_t>(file, place);
  place += 16;  // and the count of document bounds, which are not needed
  Require(sequences <= (file.size() - place) / 12,
          "{}: says that it lists {} sequences, and is too short for that",
          name, sequences);
  const std::size_t offsets = place + sequences * 4;
  std::int64_t tokens = 0;
  for (std::uint64_t i = 0; i < sequences; ++i) {
    const auto length = At<std::int32_t>(file, place + i * 4);
    const auto offset = At<std::int64_t>(file, offsets + i * 8);
    Require(length >= 0 && offset == tokens * type.width,
            "{}: sequence {} begins at byte {}, not at {}, where the one "
            "before ends: sequences have to lie end to end",
            name, i, offset, tokens * type.width);
    tokens += length;
  }
  return {.width = static_cast<TokenWidth>(type.width), .tokens = tokens};
}

bool IsMegatronIndex(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, kMark.size()> head{};
  file.read(head.data(), head.size());
  return file && std::string_view(head.data(), head.size()) == kMark;
}

std::optional<std::filesystem::path> MegatronIndexBeside(
    const std::filesystem::path& bin) {
  if (bin.extension() != ".bin") return std::nullopt;
  auto index = bin;
  index.replace_extension(".idx");
  if (!IsMegatronIndex(index)) return std::nullopt;
  return index;
}

}  // namespace isoflop
