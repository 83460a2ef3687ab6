// Documents of text files and JSON lines, in pieces of a few MiB that are cut
// at line ends: what is tokenized at a time.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/error.h"
#include "lib/tokenize/byte_stream.h"

namespace isoflop {

/// What is encoded at once: a line with its end, or a part of a long one.
struct TextUnit {
  std::size_t begin = 0;  // in the text of its piece
  std::size_t size = 0;   // in bytes
  int file = 0;           // of the reader's files
  std::int64_t line = 0;  // in that file, counted from 1
  bool ends_document = false;
};

/// Some of the text, from the beginning of a unit to the end of another.
struct TextPiece {
  std::string text;
  std::vector<TextUnit> units;
  std::int64_t empty_documents = 0;  // which have no unit

  std::string_view TextOf(const TextUnit& unit) const {
    return std::string_view(text).substr(unit.begin, unit.size);
  }
};

/// Units are no longer than this, in bytes.
inline constexpr std::size_t kLongestUnit = 16384;

/// Returns how long the unit is that `text` begins with: up to its first line
/// end, or, where there is none in the first kLongestUnit bytes, up to the last
/// run of spaces in these, or else to the last character.
/// REQUIRES: `text` is not empty, and goes on for more than kLongestUnit bytes
/// unless it is all that is left of its document.
std::size_t UnitLength(std::string_view text);

/// Returns the files that `inputs` name: files, globs, and directories, of
/// which all files are read whose names end in .txt or .jsonl, or in one of
/// these and .gz or .zst. A file of another name is a problem.
std::vector<std::filesystem::path> FindTextFiles(
    const std::vector<std::string>& inputs, Problems* problems);

/// Reads the documents of some files, one after the other: a .txt file is one,
/// and so is the text in the field of every line of a .jsonl file. How they are
/// cut into units and pieces depends on the files alone.
class DocumentReader {
 public:
  DocumentReader(std::vector<std::filesystem::path> files,
                 std::string text_field);

  /// Reads the next piece, of 4 MiB or a little more; returns whether there was
  /// one. Throws Error: see OpenByteStream, and, naming file and line, for a
  /// line that is no JSON object, or has no text in the field.
  bool Next(TextPiece* piece);

  const std::vector<std::filesystem::path>& files() const { return files_; }

  /// How far it is: bytes of the files that were read.
  std::int64_t bytes_read() const;

 private:
  bool OpenNextFile();
  std::string_view Peek(std::size_t bytes);
  std::string_view PeekLine();
  void ReadUnit(TextPiece* piece);
  void ReadRecord(TextPiece* piece);

  std::vector<std::filesystem::path> files_;
  std::string text_field_;
  std::unique_ptr<ByteStream> stream_;
  int file_ = -1;
  std::int64_t line_ = 1;
  bool is_jsonl_ = false;
  bool ended_ = false;  // the stream; the buffer may hold more
  bool read_any_ = false;
  std::string buffer_;
  std::size_t at_ = 0;  // in the buffer: what is before was used
  std::int64_t bytes_before_ = 0;
};

}  // namespace isoflop
