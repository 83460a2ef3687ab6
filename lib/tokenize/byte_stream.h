// The bytes of a file as a stream, decompressed on the way where its name ends
// in .gz or .zst.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace isoflop {

/// Bytes that are read once, from first to last.
class ByteStream {
 public:
  ByteStream() = default;
  virtual ~ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;

  /// Fills the front of `out` and returns how many bytes it wrote, 0 at the
  /// end only. Throws Error, naming the file, for what is broken or cut off.
  /// REQUIRES: `out` is not empty.
  virtual std::size_t Read(std::span<char> out) = 0;

  /// Bytes of the file that were used up so far, compressed ones.
  virtual std::int64_t consumed() const = 0;
};

/// Opens a file: gzip of one or more members for a name that ends in .gz, zstd
/// of one or more frames with windows of any size for .zst, and any other as it
/// is. Throws Error for a file that cannot be opened, whose first bytes are not
/// what its name says, or are another kind that KindOf knows.
/// Source: RFC 1952 (gzip), RFC 8878 (zstd).
std::unique_ptr<ByteStream> OpenByteStream(const std::filesystem::path& path);

}  // namespace isoflop
