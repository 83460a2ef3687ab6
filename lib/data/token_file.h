// One file of token ids: the llm.c format, or nothing but the ids.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "lib/core/mapped_file.h"
#include "lib/core/names.h"
#include "lib/data/inspection.h"
#include "lib/data/token_sequence.h"

namespace isoflop {

/// How token ids lie in a file.
enum class TokenFormat {
  kAuto,    // by the magic number of the llm.c header
  kUint16,  // no header, little-endian
  kUint32,  // no header, little-endian
};
constexpr std::array<NamedValue<TokenFormat>, 3> EnumNames(TokenFormat) {
  return {{{TokenFormat::kAuto, "auto"},
           {TokenFormat::kUint16, "uint16"},
           {TokenFormat::kUint32, "uint32"}}};
}

/// A mapped file of tokens, and the name that it has in messages.
///
/// TokenFormat::kAuto reads the header that llm.c writes: 256 little-endian
/// int32, of which [0] is a magic number, [1] a version, [2] the count of the
/// tokens that follow:
///
///   magic     version  token
///   20240520  1        uint16  (GPT-2's tokenizer)
///   20240801  7        uint32  (Llama 3's tokenizer)
///
/// The other formats have no header.
///
/// Source: karpathy/llm.c, dev/data/data_common.py, write_datafile.
class TokenFile {
 public:
  /// Throws Error, naming the file: a magic number or version that is not in
  /// the table, a count that does not match the file's size, a header in a
  /// file that is said to have none, a size that is no multiple of a token.
  TokenFile(std::string name, MappedFile mapped, TokenFormat format);

  const std::string& name() const { return name_; }
  TokenWidth width() const { return width_; }

  /// The tokens, without the header.
  std::span<const std::byte> tokens() const { return tokens_; }

  /// Tokens in the file.
  std::int64_t size() const {
    return std::ssize(tokens_) / static_cast<int>(width_);
  }

 private:
  void ReadHeader();
  void RefuseHeader() const;

  std::string name_;
  MappedFile mapped_;
  TokenWidth width_ = TokenWidth::kUint16;
  std::span<const std::byte> tokens_;
};

/// A token that no model of the vocabulary can be given.
struct OutsideToken {
  std::int64_t index = 0;  // in its file
  std::uint32_t token = 0;
};

/// Returns a token of `file` that is not below `vocab_size`, if there is one
/// in the parts that are inspected.
std::optional<OutsideToken> FindOutside(const TokenFile& file,
                                        std::int64_t vocab_size,
                                        Inspection inspection);

}  // namespace isoflop
