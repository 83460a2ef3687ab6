// tokens.json: what the token files of a directory are, and of which text.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/json.h"

namespace isoflop {

inline constexpr std::string_view kTokensSchema = "isoflop.tokens/1";
inline constexpr std::string_view kTokensFile = "tokens.json";
inline constexpr std::string_view kModelFile = "tokenizer.model";

struct TokensFileRecord {
  std::string name;
  std::int64_t tokens = 0;
  std::string sha256;  // of the whole file
};

struct TokenizerRecord {
  std::string sha256;  // of tokenizer.model
  std::string release;
  std::string kind;
  std::int64_t vocab_size = 0;
  std::int64_t end_of_text = 0;
  std::optional<std::int64_t> training_threads;  // absent: it was given

  bool operator==(const TokenizerRecord&) const = default;
};

struct TokensRecord {
  TokenizerRecord tokenizer;
  std::string fingerprint;  // SHA-256 of the text and its documents
  std::int64_t documents = 0;
  std::int64_t empty_documents = 0;  // of these
  std::int64_t bytes = 0;            // of text, UTF-8
  std::int64_t tokens = 0;           // an end of text for each document too
  std::vector<TokensFileRecord> files;

  /// Turns nats per token into bits per byte:
  ///
  ///   L / (ln 2 * bytes_per_token)
  double bytes_per_token() const {
    return tokens > 0 ? static_cast<double>(bytes) / static_cast<double>(tokens)
                      : 0.0;
  }
};

Json ToJson(const TokenizerRecord& tokenizer);
Json ToJson(const TokensRecord& record);

/// Reads a tokens.json. Throws Error with everything that is wrong with it.
TokensRecord ReadTokensRecord(const std::filesystem::path& path);

/// Returns the record beside a token file or in a directory, if there is one.
/// Throws Error where it cannot be read.
std::optional<TokensRecord> FindTokensRecord(const std::filesystem::path& path);

}  // namespace isoflop
