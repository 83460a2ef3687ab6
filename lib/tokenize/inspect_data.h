// What a data file is, and what is in it: what `isoflop data inspect` says.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/json.h"

namespace isoflop {

struct TokenInspection {
  int bytes_of_token = 0;
  std::int64_t tokens = 0;
  std::int64_t distinct = 0;  // ids
  std::int64_t largest = 0;   // id
  std::vector<std::int32_t> first;
  std::optional<std::string> first_text;  // where a tokenizer lies beside it
  std::optional<double> bytes_per_token;  // where tokens.json does
  std::optional<std::int64_t> vocab_size;
  // Where the end of text is known, by tokens.json.
  std::optional<std::int64_t> documents;
  std::optional<std::int64_t> repeated_documents;  // same as an earlier one
  // Of 64 tokens, from the first token on: how many are the same as an earlier
  // one, and how many there are.
  std::int64_t repeated_blocks = 0;
  std::int64_t blocks = 0;
};

struct TextInspection {
  std::int64_t documents = 0;
  std::int64_t empty_documents = 0;
  std::int64_t repeated_documents = 0;
  std::int64_t lines = 0;
  std::int64_t bytes = 0;  // of text
  std::string first_text;
};

/// One of the two, or only what the file is.
struct DataInspection {
  std::string file;
  std::string what;  // "token file of llm.c, uint16"
  std::int64_t bytes = 0;
  std::optional<TokenInspection> tokens;
  std::optional<TextInspection> text;
};

/// Looks at the whole file. A file without a header is only said to be
/// something that is not known. Throws Error for one that cannot be read, or
/// is broken: cut off, no UTF-8, no JSON.
DataInspection InspectData(const std::filesystem::path& path,
                           const std::string& text_field);

/// Returns `files`, and in the place of a directory the token files and text
/// files in it, by name. Throws Error where there are none.
std::vector<std::filesystem::path> FilesToInspect(
    const std::vector<std::string>& files);

Json ToJson(const DataInspection& inspection);

}  // namespace isoflop
