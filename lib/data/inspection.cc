#include "lib/data/inspection.h"

#include <fmt/format.h>

#include "lib/core/hash.h"

namespace isoflop {
namespace {

constexpr std::int64_t kWholeLimit = 1LL << 30;
constexpr std::size_t kBlocks = 16;
constexpr std::size_t kBlockBytes = 4096;
constexpr std::size_t kAlignment = 8;

}  // namespace

Inspection InspectionFor(std::int64_t bytes) {
  return bytes <= kWholeLimit ? Inspection::kWhole : Inspection::kSampled;
}

std::vector<std::span<const std::byte>> InspectedParts(
    std::span<const std::byte> bytes, Inspection inspection) {
  if (inspection == Inspection::kWhole ||
      bytes.size() <= kBlocks * kBlockBytes) {
    return {bytes};
  }
  const std::size_t last = bytes.size() - kBlockBytes;
  const std::size_t stride = last / (kBlocks - 1) / kAlignment * kAlignment;
  std::vector<std::span<const std::byte>> parts;
  for (std::size_t block = 0; block + 1 < kBlocks; ++block) {
    parts.push_back(bytes.subspan(block * stride, kBlockBytes));
  }
  parts.push_back(bytes.subspan(last));
  return parts;
}

std::string ContentHash(std::span<const std::byte> bytes,
                        Inspection inspection) {
  Sha256 hash;
  hash.Update(fmt::format("{} bytes\n", bytes.size()));
  for (const auto part : InspectedParts(bytes, inspection)) hash.Update(part);
  return hash.Hex();
}

}  // namespace isoflop
