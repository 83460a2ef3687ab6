// A read-only memory-mapped file, so that data larger than memory works.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace isoflop {

/// Maps a whole file for reading for as long as it lives.
class MappedFile {
 public:
  /// Throws Error, naming the file, when it cannot be opened or mapped. An
  /// empty file maps to no bytes.
  explicit MappedFile(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }

  /// Tells the kernel that reads will jump about, so that it does not read
  /// ahead. Worth it for data larger than memory, and not otherwise.
  void ExpectRandomReads() const;

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Returns the main memory of this machine, in bytes.
std::int64_t PhysicalMemory();

}  // namespace isoflop
