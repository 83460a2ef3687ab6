#include "lib/tokenize/document_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "lib/core/json.h"
#include "lib/core/quote.h"
#include "lib/core/text.h"
#include "lib/data/data_files.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = std::size_t{4} << 20;
constexpr std::size_t kReadBytes = std::size_t{1} << 20;
constexpr std::size_t kLongestRecord = std::size_t{1} << 30;

bool IsCompressed(const fs::path& path) {
  return path.extension() == ".gz" || path.extension() == ".zst";
}

/// ".txt" of "a.txt.gz".
std::string TextExtension(const fs::path& path) {
  return (IsCompressed(path) ? path.stem() : path).extension().string();
}

bool IsTextFile(const fs::path& path) {
  const std::string extension = TextExtension(path);
  return extension == ".txt" || extension == ".jsonl";
}

void AddUnits(std::string_view text, int file, std::int64_t line,
              TextPiece* piece) {
  if (text.empty()) {
    ++piece->empty_documents;
    return;
  }
  while (!text.empty()) {
    const std::size_t size = UnitLength(text);
    piece->units.push_back({piece->text.size(), size, file, line, false});
    piece->text += text.substr(0, size);
    text.remove_prefix(size);
  }
  piece->units.back().ends_document = true;
}

/// The text of one line of JSON.
std::string TextField(std::string_view line, const std::string& field,
                      const std::string& where) {
  const Json record = ParseJson(line, where);
  Require(record.is_object(), "{}: must be a JSON object, as every line",
          where);
  const auto found = record.find(field);
  if (found == record.end()) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : record.items()) {
      if (value.is_string()) keys.push_back(Quoted(key));
    }
    throw Error(fmt::format(
        "{}: has no field {}; fields with text are: {}; say which with "
        "--text-field",
        where, Quoted(field), keys.empty() ? "none" : ShortList(keys)));
  }
  Require(found->is_string(), "{}: {}: must be text, got {}", where, field,
          found->type_name());
  return found->get<std::string>();
}

}  // namespace

std::size_t UnitLength(std::string_view text) {
  const std::string_view head = text.substr(0, kLongestUnit);
  const std::size_t newline = head.find('\n');
  if (newline != std::string_view::npos) return newline + 1;
  if (text.size() <= kLongestUnit) return text.size();
  // A run of spaces goes with the word behind it.
  for (std::size_t at = head.size() - 1; at > 0; --at) {
    if (head[at] == ' ' && head[at - 1] != ' ') return at;
  }
  constexpr std::size_t kLongestCharacter = 4;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
  };
  std::size_t end = head.size();
  while (end > head.size() - kLongestCharacter && continues(end)) --end;
  return end;
}

std::vector<fs::path> FindTextFiles(const std::vector<std::string>& inputs,
                                    Problems* problems) {
  const DirectoryRules rules{{".txt", ".jsonl", ".gz", ".zst"}};
  std::vector<fs::path> files;
  bool refused = false;
  for (const DataFile& file :
       FindFiles(inputs, "INPUT", rules, problems).files) {
    if (IsTextFile(file.path)) {
      files.push_back(file.path);
    } else if (std::ranges::find(inputs, file.path.string()) != inputs.end()) {
      refused = true;
      problems->Add("INPUT",
                    fmt::format("{}: its name must end in .txt or .jsonl, or "
                                "in one of these and .gz or .zst",
                                file.path.string()));
    }
  }
  if (files.empty() && !refused && problems->empty()) {
    problems->Add("INPUT",
                  "there is no file whose name ends in .txt or "
                  ".jsonl, or in one of these and .gz or .zst");
  }
  return files;
}

DocumentReader::DocumentReader(std::vector<fs::path> files,
                               std::string text_field)
    : files_(std::move(files)), text_field_(std::move(text_field)) {}

std::int64_t DocumentReader::bytes_read() const {
  return bytes_before_ + (stream_ ? stream_->consumed() : 0);
}

bool DocumentReader::OpenNextFile() {
  bytes_before_ = bytes_read();
  stream_.reset();
  if (file_ + 1 >= std::ssize(files_)) return false;
  const fs::path& path = files_[static_cast<std::size_t>(++file_)];
  stream_ = OpenByteStream(path);
  is_jsonl_ = TextExtension(path) == ".jsonl";
  line_ = 1;
  ended_ = false;
  read_any_ = false;
  return true;
}

/// What is next, at least so many bytes unless the file ends before.
std::string_view DocumentReader::Peek(std::size_t bytes) {
  if (!ended_ && buffer_.size() - at_ < bytes) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  while (!ended_ && buffer_.size() < bytes + at_) {
    const std::size_t before = buffer_.size();
    buffer_.resize(before + std::max(bytes, kReadBytes));
    const std::size_t read = stream_->Read(std::span(buffer_).subspan(before));
    buffer_.resize(before + read);
    ended_ = read == 0;
  }
  return std::string_view(buffer_).substr(at_);
}

std::string_view DocumentReader::PeekLine() {
  for (std::size_t bytes = 1 << 16;; bytes *= 2) {
    const std::string_view text = Peek(bytes);
    const std::size_t end = text.find('\n');
    if (end != std::string_view::npos) return text.substr(0, end + 1);
    if (ended_) return text;
    Require(bytes < kLongestRecord, "{}:{}: the line is longer than 1 GiB",
            files_[static_cast<std::size_t>(file_)].string(), line_);
  }
}

void DocumentReader::ReadUnit(TextPiece* piece) {
  const std::string_view text = Peek(kLongestUnit + 1);
  const std::size_t size = UnitLength(text);
  piece->units.push_back({piece->text.size(), size, file_, line_, false});
  piece->text += text.substr(0, size);
  if (text[size - 1] == '\n') ++line_;
  at_ += size;
  piece->units.back().ends_document = Peek(1).empty();
}

void DocumentReader::ReadRecord(TextPiece* piece) {
  const std::string_view line = PeekLine();
  if (line.find_first_not_of(" \t\r\n") != std::string_view::npos) {
    const std::string where = fmt::format(
        "{}:{}", files_[static_cast<std::size_t>(file_)].string(), line_);
    AddUnits(TextField(line, text_field_, where), file_, line_, piece);
  }
  ++line_;
  at_ += line.size();
}

bool DocumentReader::Next(TextPiece* piece) {
  *piece = {};
  while (piece->text.size() < kPieceBytes) {
    if (!stream_ || Peek(1).empty()) {
      if (stream_ && !read_any_ && !is_jsonl_) ++piece->empty_documents;
      if (!OpenNextFile()) break;
      continue;
    }
    read_any_ = true;
    if (is_jsonl_) {
      ReadRecord(piece);
    } else {
      ReadUnit(piece);
    }
  }
  return !piece->units.empty() || piece->empty_documents > 0;
}

}  // namespace isoflop
