// A long sequence of tokens that lies in memory in pieces.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isoflop {

/// How a token lies in memory: an unsigned little-endian integer.
enum class TokenWidth : std::uint8_t { kByte = 1, kUint16 = 2, kUint32 = 4 };

/// Pieces of tokens laid end to end, which can be read anywhere. It does not
/// own the memory.
class TokenSequence {
 public:
  /// Appends the tokens in `bytes`. In messages they are those of `name`, the
  /// first of them its number `offset`.
  /// REQUIRES: bytes and name outlive the sequence; bytes holds whole tokens.
  void Append(std::span<const std::byte> bytes, TokenWidth width,
              std::string_view name, std::int64_t offset = 0);

  /// Tokens in all pieces.
  std::int64_t size() const { return size_; }

  /// Writes the tokens from `begin` on. Values of 2^31 and more, which no
  /// vocabulary has, come out negative.
  /// REQUIRES: 0 <= begin, begin + out.size() <= size().
  void Read(std::int64_t begin, std::span<std::int32_t> out) const;

  /// Returns where a token comes from: "shard.bin: token 17".
  std::string Locate(std::int64_t position) const;

 private:
  struct Piece {
    const std::byte* data;
    std::int64_t begin;  // position of the first token in the sequence
    std::int64_t size;   // tokens
    TokenWidth width;
    std::string_view name;
    std::int64_t offset;  // of the first token in what `name` stands for
  };

  std::size_t PieceAt(std::int64_t position) const;

  std::vector<Piece> pieces_;
  std::int64_t size_ = 0;
};

}  // namespace isoflop
