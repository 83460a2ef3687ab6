// What the "data" section of a sweep file says, before any of it is opened.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/core/json.h"
#include "lib/core/names.h"
#include "lib/core/object_reader.h"

namespace isoflop {

enum class DataKind {
  kLexicon,  // endless synthetic language with an exactly known entropy rate
  kText,     // bytes of files, vocabulary 256
  kTokens,   // files of token ids, already tokenised
};

constexpr std::array<NamedValue<DataKind>, 3> EnumNames(DataKind) {
  return {{{DataKind::kLexicon, "lexicon"},
           {DataKind::kText, "text"},
           {DataKind::kTokens, "tokens"}}};
}

/// How token ids lie in a file of kind `tokens`.
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

/// `lexicon`: K words, word k drawn independently with p_k proportional to
/// k^-s, each a fixed random string of m tokens. The first token of a word is
/// from the lower half of the vocabulary and the rest from the upper half, so
/// word boundaries are visible.
struct LexiconConfig {
  std::int64_t vocab_size = 64;    // even
  std::int64_t words = 65536;      // K
  std::int64_t word_length = 4;    // m, in tokens; divides the context
  double zipf_exponent = 1.3;      // s
  std::int64_t language_seed = 0;  // which random strings the words are
};

/// `text`: every byte of every file is a token.
struct TextConfig {
  std::vector<std::string> paths;       // files, globs or directories
  std::vector<std::string> extensions;  // of files in directories; empty: all
  double validation_fraction = 0.05;    // of blocks, chosen by their number
};

/// `tokens`: files of token ids, in the order given.
struct TokensConfig {
  std::vector<std::string> train_paths;       // files or globs
  std::vector<std::string> validation_paths;  // empty: the end of the training
                                              // tokens is cut off for it
  TokenFormat format = TokenFormat::kAuto;
  std::int64_t vocab_size = 0;  // every token is below it
};

struct DataConfig {
  DataKind kind = DataKind::kLexicon;
  std::int64_t eval_tokens = 65536;  // size of the fixed evaluation set
  std::int64_t max_epochs = 1;       // how often training tokens may be reused
  LexiconConfig lexicon;
  TextConfig text;
  TokensConfig tokens;
};

/// Reads the "data" section. `path` is where it stands ("a.json: data").
/// Everything wrong with it goes to `problems`. `context` is the window length
/// in tokens, which a lexicon's word length has to divide.
DataConfig ParseDataConfig(const Json& json, const std::string& path,
                           std::int64_t context, Problems* problems);

/// Returns the section with every default filled in; ParseDataConfig reads it
/// back to an equal config.
Json ToJson(const DataConfig& config);

}  // namespace isoflop
