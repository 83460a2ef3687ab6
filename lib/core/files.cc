#include "lib/core/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

#include "lib/core/error.h"
#include "lib/core/system_error.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// Bytes of a device or a pipe, which may never end.
constexpr std::size_t kLargestStream = std::size_t{1} << 26;

[[noreturn]] void Fail(const fs::path& path, const char* action) {
  const std::string name = path.empty() ? "\"\"" : path.string();
  throw Error(
      fmt::format("{}: cannot {}: {}", name, action, SystemErrorText(errno)));
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

/// Returns the path itself, or the file that a link there leads to. Throws
/// Error for what a new file would take the place of: a device, a pipe, a
/// directory.
fs::path Replaceable(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) Fail(path, "replace");
    return path;
  }
  Require(S_ISREG(status.st_mode), "{}: cannot replace: it is {}, not a file",
          path.string(),
          S_ISDIR(status.st_mode) ? "a directory" : "a device or a pipe");
  std::error_code code;
  if (!fs::is_symlink(path, code)) return path;
  fs::path target = fs::canonical(path, code);
  return code ? path : target;
}

enum class Durability { kSynced, kLater };

/// Writes a temporary file; removes it again when that fails.
fs::path WriteTemporary(const fs::path& path,
                        std::span<const std::span<const std::byte>> parts,
                        Durability durability = Durability::kSynced) {
  fs::path temporary = TemporaryName(path);
  const Descriptor file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.value() < 0) Fail(path, "write");
  for (const auto part : parts) {
    if (WriteAll(file.value(), part)) continue;
    const int cause = errno;
    ::unlink(temporary.c_str());
    errno = cause;
    Fail(path, "write");
  }
  if (durability == Durability::kSynced && ::fsync(file.value()) != 0) {
    const int cause = errno;
    ::unlink(temporary.c_str());
    errno = cause;
    Fail(path, "sync");
  }
  return temporary;
}

/// Renames `temporary` to `path`; removes it when that fails.
void Replace(const fs::path& path, const fs::path& temporary) {
  if (::rename(temporary.c_str(), path.c_str()) == 0) return;
  const int cause = errno;
  ::unlink(temporary.c_str());
  errno = cause;
  Fail(path, "replace");
}

/// Waits until all of the file system that `directory` is on is on the disk.
void SyncFileSystem(const fs::path& directory) {
  const Descriptor opened(directory, O_RDONLY | O_DIRECTORY);
  if (opened.value() < 0 || ::syncfs(opened.value()) != 0) {
    Fail(directory, "sync");
  }
}

/// What link(2) says where there are none. EPERM is that of exFAT and of most
/// FUSE file systems: who may write beside a file of his own may link it.
bool LacksLinks(int error) {
  return error == EPERM || error == ENOTSUP || error == EOPNOTSUPP ||
         error == ENOSYS || error == EMLINK || error == EINVAL;
}

std::span<const std::byte> BytesOf(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// Reads into `buffer` and returns how many bytes, 0 at the end; waits for them
/// where they come from a pipe.
std::size_t ReadSome(int descriptor, const fs::path& path,
                     std::span<char> buffer) {
  while (true) {
    const ssize_t n = ::read(descriptor, buffer.data(), buffer.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno == EAGAIN) {
      pollfd ready{descriptor, POLLIN, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      Fail(path, "read");
    }
  }
}

/// A pipe that nobody writes to must not keep us waiting.
constexpr int kToRead = O_RDONLY | O_NONBLOCK;

std::string ReadAll(const Descriptor& file, const fs::path& path) {
  struct stat status {};
  if (file.value() < 0 || ::fstat(file.value(), &status) != 0) {
    Fail(path, "read");
  }
  // One byte more than the size, so that the end is met without growing; a
  // pipe or a file of /proc has no size and grows.
  std::string text(static_cast<std::size_t>(status.st_size) + 1, '\0');
  std::size_t size = 0;
  while (const std::size_t n =
             ReadSome(file.value(), path, std::span(text).subspan(size))) {
    size += n;
    Require(S_ISREG(status.st_mode) || size <= kLargestStream,
            "{}: is no regular file, and has not ended after {} bytes",
            path.string(), kLargestStream);
    if (size == text.size()) text.resize(2 * size + 4096);
  }
  Require(size > 0 || !S_ISFIFO(status.st_mode),
          "{}: is a pipe that nobody writes to", path.string());
  text.resize(size);
  return text;
}

}  // namespace

std::string ReadFile(const fs::path& path) {
  return ReadAll(Descriptor(path, kToRead), path);
}

std::optional<std::string> ReadFileIfAny(const fs::path& path) {
  const Descriptor file(path, kToRead);
  const bool absent = file.value() < 0 && (errno == ENOENT || errno == ENOTDIR);
  if (absent) return std::nullopt;
  return ReadAll(file, path);
}

void WriteFileAtomically(const fs::path& path,
                         std::span<const std::span<const std::byte>> parts) {
  const fs::path file = Replaceable(path);
  Replace(file, WriteTemporary(file, parts));
  SyncDirectory(DirectoryOf(file));
}

void WriteFileAtomically(const fs::path& path, std::string_view text) {
  const std::span<const std::byte> part = BytesOf(text);
  WriteFileAtomically(path, std::span(&part, 1));
}

FileBatch::~FileBatch() {
  for (const Pending& file : pending_) ::unlink(file.temporary.c_str());
}

void FileBatch::Write(const fs::path& path, std::string_view text) {
  std::error_code code;
  fs::create_directories(DirectoryOf(path), code);
  Require(!code, "{}: cannot create directory: {}", DirectoryOf(path).string(),
          code.message());
  const std::span<const std::byte> part = BytesOf(text);
  pending_.push_back(
      {WriteTemporary(path, std::span(&part, 1), Durability::kLater), path});
}

void FileBatch::Commit() {
  if (pending_.empty()) return;
  const fs::path directory = DirectoryOf(pending_.front().path);
  SyncFileSystem(directory);
  while (!pending_.empty()) {
    const Pending file = std::move(pending_.back());
    pending_.pop_back();
    Replace(file.path, file.temporary);
  }
  SyncFileSystem(directory);
}

Creation CreateFileByLink(const fs::path& path, std::string_view text,
                          const LinkFunction& link) {
  const std::span<const std::byte> part = BytesOf(text);
  const fs::path temporary = WriteTemporary(path, std::span(&part, 1));
  const int result = link ? link(temporary.c_str(), path.c_str())
                          : ::link(temporary.c_str(), path.c_str());
  bool created = result == 0;
  const int cause = errno;
  // A network file system may have made the link and lost the answer.
  struct stat status {};
  if (!created && ::stat(temporary.c_str(), &status) == 0) {
    created = status.st_nlink == 2;
  }
  ::unlink(temporary.c_str());
  errno = cause;
  if (!created && LacksLinks(cause)) return Creation::kNoLinks;
  if (!created && cause != EEXIST) Fail(path, "create");
  if (created) SyncDirectory(DirectoryOf(path));
  return created ? Creation::kCreated : Creation::kExists;
}

bool CreateFileInPlace(const fs::path& path, std::string_view text) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_EXCL);
  if (file.value() < 0 && errno == EEXIST) return false;
  if (file.value() < 0) Fail(path, "create");
  if (!WriteAll(file.value(), BytesOf(text)) || ::fsync(file.value()) != 0) {
    const int cause = errno;
    ::unlink(path.c_str());
    errno = cause;
    Fail(path, "write");
  }
  SyncDirectory(DirectoryOf(path));
  return true;
}

bool CreateFileExclusively(const fs::path& path, std::string_view text) {
  const Creation creation = CreateFileByLink(path, text);
  if (creation == Creation::kNoLinks) return CreateFileInPlace(path, text);
  return creation == Creation::kCreated;
}

void MakeDirectories(const fs::path& path) {
  std::error_code code;
  const bool created = fs::create_directories(path, code);
  Require(!code, "{}: cannot create directory: {}", path.string(),
          code.message());
  if (created) SyncDirectory(DirectoryOf(path));
}

void MakeDirectory(const fs::path& path) {
  std::error_code code;
  const bool created = fs::create_directory(path, code);
  Require(!code, "{}: cannot create directory: {}", path.string(),
          code.message());
  if (created) SyncDirectory(DirectoryOf(path));
}

AppendFile::AppendFile(fs::path path) : path_(std::move(path)) {
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CLOEXEC;
  descriptor_ = ::open(path_.c_str(), kFlags);
  if (descriptor_ < 0 && errno == ENOENT) {
    descriptor_ = ::open(path_.c_str(), kFlags | O_CREAT, 0644);
    if (descriptor_ >= 0) SyncDirectory(DirectoryOf(path_));
  }
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
