#include "lib/core/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "lib/core/error.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void Fail(const fs::path& path, const char* action) {
  throw Error(fmt::format("{}: cannot {}: {}", path.string(), action,
                          std::strerror(errno)));
}

/// A file descriptor that closes itself.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags)
      : value_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int value() const { return value_; }

 private:
  int value_;
};

bool WriteAll(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

fs::path DirectoryOf(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void SyncDirectory(const fs::path& directory) {
  const Descriptor opened(directory, O_RDONLY | O_DIRECTORY);
  if (opened.value() >= 0) ::fsync(opened.value());
}

/// A new name beside `path`, unlike any other process's or thread's.
fs::path TemporaryName(const fs::path& path) {
  static std::atomic<unsigned> counter = 0;
  return DirectoryOf(path) / fmt::format(".{}.{}.{}.tmp",
                                         path.filename().string(), ::getpid(),
                                         counter.fetch_add(1));
}

/// Writes and syncs a temporary file; removes it again when that fails.
fs::path WriteTemporary(const fs::path& path,
                        std::span<const std::span<const std::byte>> parts) {
  const fs::path temporary = TemporaryName(path);
  const Descriptor file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.value() < 0) Fail(path, "write");
  for (const auto part : parts) {
    if (WriteAll(file.value(), part)) continue;
    const int cause = errno;
    ::unlink(temporary.c_str());
    errno = cause;
    Fail(path, "write");
  }
  if (::fsync(file.value()) != 0) {
    const int cause = errno;
    ::unlink(temporary.c_str());
    errno = cause;
    Fail(path, "sync");
  }
  return temporary;
}

std::span<const std::byte> BytesOf(std::string_view text) {
  return std::as_bytes(std::span(text));
}

}  // namespace

std::string ReadFile(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) Fail(path, "read");
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    Fail(path, "read");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) Fail(path, "read");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) Fail(path, "read");
  return text;
}

void WriteFileAtomically(const fs::path& path,
                         std::span<const std::span<const std::byte>> parts) {
  const fs::path temporary = WriteTemporary(path, parts);
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int cause = errno;
    ::unlink(temporary.c_str());
    errno = cause;
    Fail(path, "replace");
  }
  SyncDirectory(DirectoryOf(path));
}

void WriteFileAtomically(const fs::path& path, std::string_view text) {
  const std::span<const std::byte> part = BytesOf(text);
  WriteFileAtomically(path, std::span(&part, 1));
}

bool CreateFileExclusively(const fs::path& path, std::string_view text) {
  const std::span<const std::byte> part = BytesOf(text);
  const fs::path temporary = WriteTemporary(path, std::span(&part, 1));
  const bool created = ::link(temporary.c_str(), path.c_str()) == 0;
  const int cause = errno;
  ::unlink(temporary.c_str());
  errno = cause;
  if (!created && errno != EEXIST) Fail(path, "create");
  if (created) SyncDirectory(DirectoryOf(path));
  return created;
}

void MakeDirectories(const fs::path& path) {
  std::error_code code;
  const bool created = fs::create_directories(path, code);
  Require(!code, "{}: cannot create directory: {}", path.string(),
          code.message());
  if (created) SyncDirectory(DirectoryOf(path));
}

AppendFile::AppendFile(fs::path path) : path_(std::move(path)) {
  descriptor_ =
      ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor_ < 0) Fail(path_, "append");
}

AppendFile::~AppendFile() { ::close(descriptor_); }

void AppendFile::AppendLine(std::string_view line) {
  std::string whole(line);
  whole += '\n';
  if (!WriteAll(descriptor_, BytesOf(whole))) Fail(path_, "append");
}

void AppendFile::Sync() {
  if (::fsync(descriptor_) != 0) Fail(path_, "sync");
}

}  // namespace isoflop
