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
  /// Appends the tokens in `bytes`; `name` stands for the piece in messages.
  /// REQUIRES: both outlive the sequence; bytes holds whole tokens.
  void Append(std::span<const std::byte> bytes, TokenWidth width,
              std::string_view name);

  /// Tokens in all pieces.
  std::int64_t size() const { return size_; }

  /// Writes the tokens from `begin` on. Values of 2^31 and more, which no
  /// vocabulary has, come out negative.
  /// REQUIRES: 0 <= begin, begin + out.size() <= size().
  void Read(std::int64_t begin, std::span<std::int32_t> out) const;

  /// Returns where a token lies: "shard.bin: token 17", counted from the
  /// beginning of its piece.
  std::string Locate(std::int64_t position) const;

 private:
  struct Piece {
    const std::byte* data;
    std::int64_t begin;  // position of the first token in the sequence
    std::int64_t size;   // tokens
    TokenWidth width;
    std::string_view name;
  };

  std::size_t PieceAt(std::int64_t position) const;

  std::vector<Piece> pieces_;
  std::int64_t size_ = 0;
};

}  // namespace isoflop
