#include "lib/tokenize/byte_stream.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/file_kind.h"
#include "lib/core/mapped_file.h"

namespace isoflop {
namespace {

constexpr std::string_view kGzipMark = "\x1f\x8b";
constexpr std::string_view kZstdMark = "\x28\xb5\x2f\xfd";
// Frames of 0x184D2A50 to 5F are to be skipped; a file may begin with one.
constexpr std::string_view kSkippableEnd = "\x2a\x4d\x18";

std::string_view TextOf(const MappedFile& file) {
  const auto bytes = file.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A mapped file of which the first bytes are used up.
class MappedStream : public ByteStream {
 public:
  MappedStream(std::string name, MappedFile file)
      : name_(std::move(name)), file_(std::move(file)), rest_(TextOf(file_)) {}

  std::int64_t consumed() const final {
    return std::ssize(TextOf(file_)) - std::ssize(rest_);
  }

 protected:
  [[noreturn]] void Refuse(const std::string& what) const {
    throw Error(fmt::format("{}: {}", name_, what));
  }

  std::string_view rest() const { return rest_; }
  void Skip(std::size_t bytes) { rest_.remove_prefix(bytes); }

 private:
  std::string name_;
  MappedFile file_;
  std::string_view rest_;
};

class PlainStream final : public MappedStream {
 public:
  using MappedStream::MappedStream;

  std::size_t Read(std::span<char> out) override {
    const std::size_t bytes = std::min(out.size(), rest().size());
    std::copy_n(rest().data(), bytes, out.data());
    Skip(bytes);
    return bytes;
  }
};

class GzipStream final : public MappedStream {
 public:
  GzipStream(std::string name, MappedFile file)
      : MappedStream(std::move(name), std::move(file)) {
    constexpr int kGzipOnly = 16;
    if (inflateInit2(&state_, MAX_WBITS + kGzipOnly) != Z_OK) {
      Refuse("there is no memory to decompress it");
    }
  }
  ~GzipStream() override { inflateEnd(&state_); }

  std::size_t Read(std::span<char> out) override {
    std::size_t written = 0;
    while (written == 0 && BeginMember()) written = Inflate(out);
    return written;
  }

 private:
  /// Whether there is more: in this member, or in one that begins here.
  bool BeginMember() {
    if (in_member_) return true;
    if (rest().empty()) return false;
    if (begun_ && !rest().starts_with(kGzipMark)) {
      // gzip itself passes over zeros, which tapes and some tools leave behind.
      const bool zeros =
          std::ranges::all_of(rest(), [](char c) { return c == '\0'; });
      if (!zeros) {
        Refuse(fmt::format(
            "{} bytes follow the end of its gzip data and are none; is the "
            "file two files?",
            rest().size()));
      }
      Skip(rest().size());
      return false;
    }
    inflateReset(&state_);
    in_member_ = true;
    begun_ = true;
    return true;
  }

  std::size_t Inflate(std::span<char> out) {
    if (rest().empty()) {
      Refuse(
          "ends in the middle of its gzip data: it was cut off; get it anew");
    }
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    const std::size_t offered = std::min(rest().size(), kMost);
    const std::size_t room = std::min(out.size(), kMost);
    state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest().data()));
    state_.avail_in = static_cast<uInt>(offered);
    state_.next_out = reinterpret_cast<Bytef*>(out.data());
    state_.avail_out = static_cast<uInt>(room);
    const int status = inflate(&state_, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      Refuse(fmt::format("its gzip data are broken after {} bytes: {}",
                         consumed(),
                         state_.msg == nullptr ? zError(status) : state_.msg));
    }
    Skip(offered - state_.avail_in);
    in_member_ = status != Z_STREAM_END;
    return room - state_.avail_out;
  }

  z_stream state_{};
  bool begun_ = false;
  bool in_member_ = false;
};

class ZstdStream final : public MappedStream {
 public:
  ZstdStream(std::string name, MappedFile file)
      : MappedStream(std::move(name), std::move(file)),
        state_(ZSTD_createDCtx(), ZSTD_freeDCtx) {
    if (!state_) Refuse("there is no memory to decompress it");
    // As `zstd --long=31` writes them; without it 128 MiB are refused.
    const auto longest = ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound;
    ZSTD_DCtx_setParameter(state_.get(), ZSTD_d_windowLogMax, longest);
  }

  std::size_t Read(std::span<char> out) override {
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    while (output.pos == 0) {
      // At the end of the file there may still be output that had no room.
      if (rest().empty() && !in_frame_) return 0;
      ZSTD_inBuffer input{rest().data(), rest().size(), 0};
      const std::size_t status =
          ZSTD_decompressStream(state_.get(), &output, &input);
      if (ZSTD_isError(status) != 0) {
        Refuse(fmt::format("its zstd data are broken after {} bytes: {}",
                           consumed(), ZSTD_getErrorName(status)));
      }
      Skip(input.pos);
      in_frame_ = status != 0;
      if (in_frame_ && rest().empty() && output.pos == 0) {
        Refuse(
            "ends in the middle of its zstd data: it was cut off; get it anew");
      }
    }
    return output.pos;
  }

 private:
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> state_;
  bool in_frame_ = false;
};

bool IsZstd(std::string_view head) {
  return head.starts_with(kZstdMark) ||
         (head.size() >= 4 && head.substr(1, 3) == kSkippableEnd);
}

}  // namespace

std::unique_ptr<ByteStream> OpenByteStream(const std::filesystem::path& path) {
  MappedFile file(path);
  const std::string_view head = TextOf(file).substr(0, kFileKindBytes);
  const std::string name = path.string();
  const std::string extension = path.extension().string();
  if (extension == ".gz") {
    Require(head.starts_with(kGzipMark),
            "{}: is not compressed with gzip, though its name ends in .gz",
            name);
    return std::make_unique<GzipStream>(name, std::move(file));
  }
  if (extension == ".zst") {
    Require(IsZstd(head),
            "{}: is not compressed with zstd, though its name ends in .zst",
            name);
    return std::make_unique<ZstdStream>(name, std::move(file));
  }
  if (const auto kind = NoPlainText(head)) {
    throw Error(fmt::format("{}: {}", name, InWords(*kind)));
  }
  return std::make_unique<PlainStream>(name, std::move(file));
}

}  // namespace isoflop
