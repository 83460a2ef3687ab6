// A read-only memory-mapped file, so that data larger than memory works.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

namespace isoflop {

/// What tells whether a file is the one that it was, and as it was.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t bytes = 0;
  std::int64_t modified_ns = 0;  // since 1970

  bool SameFile(const FileStamp& other) const {
    return device == other.device && inode == other.inode;
  }
  bool operator==(const FileStamp&) const = default;
};

/// Returns that of the file that now has this name, if there is one.
std::optional<FileStamp> StampOf(const std::filesystem::path& path);

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

  /// Of the file when it was mapped.
  const FileStamp& stamp() const { return stamp_; }

  /// Tells the kernel that reads will jump about, so that it does not read
  /// ahead. Worth it for data larger than memory, and not otherwise.
  void ExpectRandomReads() const;

  /// A file that is cut off while it is mapped has no bytes left there, and
  /// reading them ends the process by SIGBUS. From now on it first says on
  /// standard error which file that was.
  static void NameBusErrors();

 private:
  struct Entry;  // of the list for NameBusErrors

  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  FileStamp stamp_;
  std::unique_ptr<Entry> entry_;
};

/// Returns the main memory of this machine, in bytes.
std::int64_t PhysicalMemory();

}  // namespace isoflop
