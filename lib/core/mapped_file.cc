#include "lib/core/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/printable.h"

namespace isoflop {

/// A mapping as a signal handler finds it: read without a lock, since the
/// process is about to end.
struct MappedFile::Entry {
  const std::byte* data;
  std::size_t size;
  std::string name;
  Entry* previous = nullptr;
  Entry* next = nullptr;

  static std::mutex mutex;  // of changes to the list
  static Entry* first;

  void Link() {
    const std::lock_guard lock(mutex);
    next = first;
    if (next != nullptr) next->previous = this;
    first = this;
  }
  void Unlink() {
    const std::lock_guard lock(mutex);
    if (next != nullptr) next->previous = previous;
    (previous != nullptr ? previous->next : first) = next;
  }

  static void OnBusError(int signal, siginfo_t* info, void* context);
};

std::mutex MappedFile::Entry::mutex;
MappedFile::Entry* MappedFile::Entry::first = nullptr;

namespace {

FileStamp ToStamp(const struct stat& status) {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  return {.device = status.st_dev,
          .inode = status.st_ino,
          .bytes = status.st_size,
          .modified_ns =
              status.st_mtim.tv_sec * kNanoseconds + status.st_mtim.tv_nsec};
}

void Say(std::string_view text) {
  // Where it cannot be written there is nobody to tell.
  [[maybe_unused]] const auto written =
      ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

void MappedFile::Entry::OnBusError(int /*signal*/, siginfo_t* info,
                                   void* /*context*/) {
  const auto* at = static_cast<const std::byte*>(info->si_addr);
  for (const Entry* entry = first; entry != nullptr; entry = entry->next) {
    if (at < entry->data || at >= entry->data + entry->size) continue;
    Say(entry->name);
    Say(": was truncated while it was in use, or its disk cannot be read\n");
    return;  // and by SIGBUS once more, which now ends the process
  }
}

void MappedFile::NameBusErrors() {
  struct sigaction action {};
  action.sa_sigaction = Entry::OnBusError;
  action.sa_flags = SA_SIGINFO | static_cast<int>(SA_RESETHAND);
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, nullptr);
}

std::optional<FileStamp> StampOf(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return ToStamp(status);
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  Require(descriptor >= 0, "{}: cannot open: {}", path.string(),
          std::strerror(errno));
  struct stat status {};
  void* mapped = nullptr;
  if (::fstat(descriptor, &status) == 0 && status.st_size > 0) {
    mapped = ::mmap(nullptr, static_cast<std::size_t>(status.st_size),
                    PROT_READ, MAP_SHARED, descriptor, 0);
  }
  // Before close, which may set another.
  const int cause = errno;
  ::close(descriptor);
  Require(mapped != MAP_FAILED, "{}: cannot map: {}", path.string(),
          std::strerror(cause));
  data_ = static_cast<const std::byte*>(mapped);
  size_ = mapped == nullptr ? 0 : static_cast<std::size_t>(status.st_size);
  stamp_ = ToStamp(status);
  entry_ = std::make_unique<Entry>(
      Entry{.data = data_, .size = size_, .name = Printable(path.string())});
  entry_->Link();
}

MappedFile::~MappedFile() {
  if (entry_) entry_->Unlink();
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      stamp_(other.stamp_),
      entry_(std::move(other.entry_)) {}

void MappedFile::ExpectRandomReads() const {
  // Advice that is not taken costs time and nothing else.
  if (data_ != nullptr) {
    ::madvise(const_cast<std::byte*>(data_), size_, MADV_RANDOM);
  }
}

std::int64_t PhysicalMemory() {
  return std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE);
}

}  // namespace isoflop
