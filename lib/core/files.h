// Durable files: what is written is there whole after a crash, or not at all.
// There is no second way to write a file in this project.

#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isoflop {

/// Returns the whole file. Throws Error, naming it, when it cannot be read, is
/// a pipe that nobody writes to, or a device that does not end in 64 MiB.
std::string ReadFile(const std::filesystem::path& path);

/// Returns the same, or nothing when there is no such file.
std::optional<std::string> ReadFileIfAny(const std::filesystem::path& path);

/// Replaces `path`, or the file that it is a link to, by the concatenation of
/// `parts`: temporary file beside it, fsync, rename, fsync of the directory. A
/// reader sees the old file or the new one. Throws Error (disk full, read-only
/// directory, a device or directory in its place, ...), the old file intact and
/// no temporary left behind.
void WriteFileAtomically(const std::filesystem::path& path,
                         std::span<const std::span<const std::byte>> parts);
void WriteFileAtomically(const std::filesystem::path& path,
                         std::string_view text);

/// Replaces many small files as durably as WriteFileAtomically does, but waits
/// for the disk once for all of them: thousands of files take a second.
class FileBatch {
 public:
  FileBatch() = default;
  ~FileBatch();  // removes what was not committed
  FileBatch(const FileBatch&) = delete;
  FileBatch& operator=(const FileBatch&) = delete;

  /// Writes a temporary file beside `path`, whose directory is made if need be.
  /// Throws Error.
  void Write(const std::filesystem::path& path, std::string_view text);

  /// Puts everything in place: syncs, renames, syncs. Throws Error; then some
  /// files may be new and some old, none torn. REQUIRES: all paths are on one
  /// file system.
  void Commit();

 private:
  struct Pending {
    std::filesystem::path temporary;
    std::filesystem::path path;
  };
  std::vector<Pending> pending_;
};

enum class Creation {
  kCreated,
  kExists,
  kNoLinks,  // the file system has no hard links: SMB, FUSE, exFAT
};

/// What link(2) does.
using LinkFunction = std::function<int(const char* from, const char* to)>;

/// Creates `path` with `text` only if nothing is there. Of several processes
/// that try, one succeeds, and nobody ever sees less than the whole text
/// (link(2) of a complete file, so it holds on network file systems too).
/// Throws Error when the directory is not writable.
Creation CreateFileByLink(const std::filesystem::path& path,
                          std::string_view text, const LinkFunction& link = {});

/// The same where there are no hard links (O_EXCL); returns whether it did.
/// Others may see the file empty or in part for a moment, or for ever where
/// this process dies. Throws Error; then the file is not there.
bool CreateFileInPlace(const std::filesystem::path& path,
                       std::string_view text);

/// The first of these two ways that the file system has.
bool CreateFileExclusively(const std::filesystem::path& path,
                           std::string_view text);

/// Creates a directory and its parents, durably. Throws Error.
void MakeDirectories(const std::filesystem::path& path);

/// Creates a directory in one that has to be there: what somebody has moved or
/// deleted is not to come back in pieces. Durable. Throws Error.
void MakeDirectory(const std::filesystem::path& path);

/// A file that only grows, a line at a time. Lines reach the operating system
/// at once (a killed process loses none) and the disk with Sync; the file's
/// name is on the disk from the start.
class AppendFile {
 public:
  /// Opens for appending, creating it if need be. Throws Error.
  explicit AppendFile(std::filesystem::path path);
  ~AppendFile();
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;

  /// Appends `line` and '\n' in one write. Throws Error (disk full).
  void AppendLine(std::string_view line);

  /// Throws Error.
  void Sync();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace isoflop
