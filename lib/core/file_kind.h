// What a file is by its first bytes, so that a compressed file or a workbook
// given for text, tokens or a table is called what it is.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace isoflop {

/// A format that nothing here reads.
struct FileKind {
  std::string_view name;     // what it is, after "is ": "compressed with gzip"
  std::string_view way_out;  // what to do: "decompress it with gunzip first"
};

/// How many bytes of a file KindOf has to see to tell every kind: the mark of
/// tar is the last.
inline constexpr std::size_t kFileKindBytes = 512;

/// Returns what a file that begins with `head` is, nothing for one without a
/// mark that is known. Marks are of three bytes and more, so that text and
/// tokens do not have them by chance.
/// Source: the formats' own specifications, as file(1) lists them.
std::optional<FileKind> KindOf(std::string_view head);

/// Returns UTF-16 or UTF-32 for text that begins with the byte-order mark of
/// one of them, or of which one half of the bytes is zero as in UTF-16. Ask it
/// of text only: of token ids one half may well be zero.
std::optional<FileKind> WideTextKindOf(std::string_view head);

/// Returns what text that begins with `head` is by either of them.
std::optional<FileKind> NoPlainText(std::string_view head);

/// Returns "is compressed with gzip: decompress it with gunzip first".
std::string InWords(const FileKind& kind);

}  // namespace isoflop
