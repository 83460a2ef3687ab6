#include "lib/core/file_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace isoflop {
namespace {

using namespace std::string_view_literals;

/// A kind of which every file has the same bytes at the same place.
struct Mark {
  std::string_view bytes;
  FileKind kind;
  std::size_t place = 0;
};

constexpr std::string_view kToTokens =
    "convert it to a file of token ids, as with numpy's tofile, or to text";
constexpr std::string_view kToTable = "export it as CSV or JSON Lines";
constexpr std::string_view kFetch =
    "it only says where the data are: fetch them, as with git lfs pull";

constexpr Mark kMarks[] = {
    {"\x1f\x8b\x08"sv,
     {"compressed with gzip", "decompress it with gunzip first"}},
    {"\x28\xb5\x2f\xfd"sv,
     {"compressed with zstd", "decompress it with unzstd first"}},
    {"\xfd"
     "7zXZ\0"sv,
     {"compressed with xz", "decompress it with unxz first"}},
    {"\x04\x22\x4d\x18"sv,
     {"compressed with lz4", "decompress it with unlz4 first"}},
    {"7z\xbc\xaf\x27\x1c"sv, {"a 7z archive", "unpack it with 7z first"}},
    {"Rar!\x1a\x07"sv, {"a RAR archive", "unpack it with unrar first"}},
    {"ustar\0"sv, {"a tar archive", "unpack it with tar -xf first"}, 257},
    {"ustar  \0"sv, {"a tar archive", "unpack it with tar -xf first"}, 257},
    {"PAR1\x15"sv, {"a Parquet file", kToTable}},
    {"ARROW1\0\0"sv, {"an Arrow file", kToTable}},
    {"FEA1\0\0\0\0"sv, {"a Feather file", kToTable}},
    {"Obj\x01"sv, {"an Avro file", kToTable}},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv,
     {"an old Excel or Office document", "save it as CSV"}},
    {"SQLite format 3\0"sv, {"an SQLite database", kToTable}},
    {"\x89HDF\r\n\x1a\n"sv, {"an HDF5 file", kToTokens}},
    {"\x93NUMPY"sv,
     {"an array of NumPy (.npy), whose header would be taken for data",
      "write the tokens alone: numpy.load(f).astype('<u2').tofile('x.bin')"}},
    {"MMIDIDX\0\0"sv,
     {"an index of Megatron or NeMo",
      "give the pair of .idx and .bin to the data kind tokens, with format "
      "auto"}},
    {"%PDF-"sv, {"a PDF document", "extract its text with pdftotext first"}},
    {"version https://git-lfs.github.com/spec/"sv,
     {"a pointer of Git LFS", kFetch}},
};

bool Has(std::string_view head, const Mark& mark) {
  return head.size() >= mark.place &&
         head.substr(mark.place).starts_with(mark.bytes);
}

/// "BZh", the level, and the digits of pi or of its root, which begin a block.
bool IsBzip2(std::string_view head) {
  return head.size() >= 10 && head.starts_with("BZh") && head[3] >= '1' &&
         head[3] <= '9' &&
         (head.substr(4, 6) == "\x31\x41\x59\x26\x53\x59"sv ||
          head.substr(4, 6) == "\x17\x72\x45\x38\x50\x90"sv);
}

/// Its first entry tells what a zip archive is.
std::optional<FileKind> ZipKind(std::string_view head) {
  constexpr std::size_t kNameAt = 30;
  const bool is_zip =
      head.starts_with("PK\x03\x04"sv) || head.starts_with("PK\x05\x06"sv);
  if (!is_zip) return std::nullopt;
  const std::string_view first =
      head.size() > kNameAt ? head.substr(kNameAt) : ""sv;
  if (first.starts_with("[Content_Types].xml") || first.starts_with("xl/") ||
      first.starts_with("_rels/")) {
    return FileKind{"an Excel or Office document", "save it as CSV"};
  }
  if (first.find(".npy") < 64) {
    return FileKind{"an archive of NumPy arrays (.npz)",
                    "write the tokens alone: "
                    "numpy.load(f)['name'].astype('<u2').tofile('x.bin')"};
  }
  if (first.find("/data.pkl") < 64) {
    return FileKind{"a file of torch.save", kToTokens};
  }
  return FileKind{"a zip archive", "unpack it with unzip first"};
}

/// Eight bytes of length, and then JSON of that length.
bool IsSafetensors(std::string_view head) {
  constexpr std::uint64_t kMostHeader = 100'000'000;  // as its library has it
  if (head.size() < 10 || head.substr(8, 2) != "{\"") return false;
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;) {
    length = length << 8 | static_cast<unsigned char>(head[i]);
  }
  return length >= 2 && length <= kMostHeader;
}

/// Protocols 2 to 5, each pickle of which continues in one of these ways.
bool IsPickle(std::string_view head) {
  return head.size() > 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5 &&
         "\x95}](c"sv.find(head[2]) != std::string_view::npos;
}

constexpr FileKind kUtf16{"UTF-16",
                          "save it as UTF-8, as with iconv -f UTF-16 -t UTF-8"};
constexpr FileKind kUtf32{"UTF-32",
                          "save it as UTF-8, as with iconv -f UTF-32 -t UTF-8"};

/// Whether of each two bytes one is zero, and always the same one.
bool IsHalfZeros(std::string_view head) {
  constexpr std::size_t kEnough = 16;  // pairs of bytes
  const std::size_t pairs = head.size() / 2;
  if (pairs < kEnough) return false;
  std::size_t zeros[2] = {};
  for (std::size_t i = 0; i < 2 * pairs; ++i) zeros[i % 2] += head[i] == '\0';
  // Some characters of a text in Latin letters may be others.
  const auto [few, many] = std::minmax(zeros[0], zeros[1]);
  return few == 0 && many * 10 >= pairs * 9;
}

}  // namespace

std::optional<FileKind> KindOf(std::string_view head) {
  head = head.substr(0, kFileKindBytes);
  for (const Mark& mark : kMarks) {
    if (Has(head, mark)) return mark.kind;
  }
  // A version below 256, whichever that is.
  if (head.starts_with("GGUF") && head.size() > 8 &&
      head.substr(5, 3) == "\0\0\0"sv) {
    return FileKind{"a GGUF model", "give data, not a model"};
  }
  if (IsBzip2(head)) {
    return FileKind{"compressed with bzip2",
                    "decompress it with bunzip2 first"};
  }
  if (auto zip = ZipKind(head)) return zip;
  if (IsSafetensors(head)) return FileKind{"a safetensors file", kToTokens};
  if (IsPickle(head)) return FileKind{"a pickle of Python", kToTokens};
  return std::nullopt;
}

std::optional<FileKind> WideTextKindOf(std::string_view head) {
  if (head.starts_with("\xff\xfe\0\0"sv) ||
      head.starts_with("\0\0\xfe\xff"sv)) {
    return kUtf32;
  }
  if (head.starts_with("\xff\xfe"sv) || head.starts_with("\xfe\xff"sv) ||
      IsHalfZeros(head.substr(0, kFileKindBytes))) {
    return kUtf16;
  }
  return std::nullopt;
}

std::optional<FileKind> NoPlainText(std::string_view head) {
  auto kind = KindOf(head);
  return kind ? kind : WideTextKindOf(head);
}

std::string InWords(const FileKind& kind) {
  return fmt::format("is {}: {}", kind.name, kind.way_out);
}

}  // namespace isoflop
