#include "lib/core/crc32c.h"

#include <array>
#include <cstddef>

namespace isoflop {
namespace {

constexpr std::uint32_t kReflectedPolynomial = 0x82F63B78U;

/// What the eight bits of a byte make of a remainder.
constexpr std::array<std::uint32_t, 256> MakeTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? kReflectedPolynomial : 0U);
    }
    table.at(byte) = rest;
  }
  return table;
}

constexpr std::array<std::uint32_t, 256> kTable = MakeTable();

}  // namespace

std::uint32_t Crc32c(std::string_view bytes) {
  std::uint32_t rest = ~0U;
  for (const char c : bytes) {
    const std::size_t byte = (rest ^ static_cast<unsigned char>(c)) & 0xFFU;
    rest = (rest >> 8U) ^ kTable.at(byte);
  }
  return ~rest;
}

}  // namespace isoflop
