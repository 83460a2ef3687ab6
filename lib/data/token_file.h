// One file of token ids: with a header (llm.c, modded-nanoGPT), with an index
// beside it (Megatron, NeMo), or nothing but the ids.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "lib/core/mapped_file.h"
#include "lib/core/names.h"
#include "lib/data/megatron_index.h"
#include "lib/data/token_sequence.h"

namespace isoflop {

/// How token ids lie in a file.
enum class TokenFormat {
  kAuto,    // by the magic number of a header, or by an index beside it
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
/// TokenFormat::kAuto reads headers of 256 little-endian int32, of which [0] is
/// a magic number, [1] a version, [2] the count of the tokens that follow:
///
///   magic      version  token
///   20240520   1        uint16  (llm.c and modded-nanoGPT, GPT-2's tokenizer)
///   20240801   7        uint32  (llm.c, Llama 3's tokenizer)
///   278895051  1        uint16, or as [3] says: 2 or 4 bytes (modded-nanoGPT
///                       and NeMo Automodel, nanogpt_data_processor.py)
///
/// The other formats have no header.
///
/// Source: karpathy/llm.c, dev/data/data_common.py, write_datafile;
/// NVIDIA-NeMo/Automodel, components/datasets/llm/nanogpt_dataset.py.
class TokenFile {
 public:
  /// Throws Error, naming the file: a magic number or version that is not in
  /// the table, a count that does not match the file's size, a header in a
  /// file that is said to have none, a size that is no multiple of a token, and
  /// what is no tokens but text or of a kind that KindOf knows.
  TokenFile(std::string name, MappedFile mapped, TokenFormat format);

  /// Opens the `.bin` of a pair. Throws Error where its size is not what the
  /// index says.
  TokenFile(std::string name, MappedFile mapped, const MegatronIndex& index);

  const std::string& name() const { return name_; }
  TokenWidth width() const { return width_; }

  const FileStamp& stamp() const { return mapped_.stamp(); }

  /// Whether nothing in the file vouches for the width of its tokens.
  bool without_header() const { return without_header_; }

  /// The tokens, without the header.
  std::span<const std::byte> tokens() const { return tokens_; }

  /// Tokens in the file.
  std::int64_t size() const {
    return std::ssize(tokens_) / static_cast<int>(width_);
  }

 private:
  void ReadHeader();
  void RefuseHeader() const;
  void RefuseOtherKinds() const;

  std::string name_;
  MappedFile mapped_;
  TokenWidth width_ = TokenWidth::kUint16;
  bool without_header_ = false;
  std::span<const std::byte> tokens_;
};

}  // namespace isoflop
