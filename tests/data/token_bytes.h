// Token files as bytes, for tests that write good and bad ones.

#pragma once

#include <array>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace isoflop {

/// The little-endian bytes of `tokens`, each of the given type.
template <typename Token>
std::string TokenBytes(const std::vector<std::uint32_t>& tokens) {
  const std::vector<Token> typed(tokens.begin(), tokens.end());
  return {reinterpret_cast<const char*>(typed.data()),
          typed.size() * sizeof(Token)};
}

/// An llm.c header: 256 int32.
inline std::string Header(std::int32_t magic, std::int32_t version,
                          std::int32_t count) {
  std::array<std::int32_t, 256> header = {magic, version, count};
  return {reinterpret_cast<const char*>(header.data()), sizeof header};
}

inline std::string Gpt2Header(std::int32_t count) {
  return Header(20240520, 1, count);
}

inline std::string Llama3Header(std::int32_t count) {
  return Header(20240801, 7, count);
}

/// That of modded-nanoGPT, which says how many bytes a token has.
inline std::string NanoGptHeader(std::int32_t count, std::int32_t bytes) {
  std::array<std::int32_t, 256> header = {278895051, 1, count, bytes};
  return {reinterpret_cast<const char*>(header.data()), sizeof header};
}

/// first, first + 1, ..., `count` of them.
inline std::vector<std::uint32_t> Counting(std::size_t count,
                                           std::uint32_t first = 0) {
  std::vector<std::uint32_t> tokens(count);
  std::iota(tokens.begin(), tokens.end(), first);
  return tokens;
}

}  // namespace isoflop
