#include "lib/core/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "lib/core/error.h"

namespace isoflop {

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
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

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
