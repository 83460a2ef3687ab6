#include "lib/tokenize/inspect_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "lib/core/error.h"
#include "lib/core/file_kind.h"
#include "lib/core/mapped_file.h"
#include "lib/core/random.h"
#include "lib/core/text.h"
#include "lib/core/utf8.h"
#include "lib/data/data_files.h"
#include "lib/data/token_file.h"
#include "lib/data/tokens_record.h"
#include "lib/tokenize/document_reader.h"
#include "lib/tokenize/token_documents.h"
#include "lib/tokenize/tokenizer_model.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFirstTokens = 16;
constexpr std::size_t kFirstBytes = 200;

bool IsTextName(const fs::path& path) {
  const bool packed = path.extension() == ".gz" || path.extension() == ".zst";
  const fs::path inner = packed ? path.stem() : path;
  return inner.extension() == ".txt" || inner.extension() == ".jsonl";
}

/// Counts ids and blocks of one token file.
class TokenCounts {
 public:
  void Add(std::int32_t token) {
    const auto id = static_cast<std::uint32_t>(token);
    if (id >= seen_.size() && id < kMostIds) seen_.resize(id + 1);
    if (id < seen_.size() && !seen_[id]) {
      seen_[id] = true;
      ++counts_.distinct;
    }
    counts_.largest = std::max<std::int64_t>(counts_.largest, id);
    if (counts_.first.size() < kFirstTokens) counts_.first.push_back(token);
    block_.push_back(token);
    if (block_.size() < kBlock) return;
    ++counts_.blocks;
    if (!blocks_.insert(HashTokens(block_)).second) ++counts_.repeated_blocks;
    block_.clear();
  }

  TokenInspection Take() { return std::move(counts_); }

 private:
  static constexpr std::size_t kBlock = 64;
  static constexpr std::uint32_t kMostIds = 1U
                                            << 28U;  // no vocabulary has more

  TokenInspection counts_;
  std::vector<bool> seen_;
  std::vector<std::int32_t> block_;
  std::unordered_set<std::uint64_t> blocks_;
};

std::optional<std::string> TextOf(const fs::path& folder,
                                  const std::vector<std::int32_t>& tokens) {
  const fs::path file = folder / kModelFile;
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::nullopt;
  const TokenizerModel model = TokenizerModel::Load(file);
  std::vector<int> ids;
  for (const std::int32_t token : tokens) {
    if (token >= 0 && token < model.vocab_size()) ids.push_back(token);
  }
  return model.Decode(ids);
}

TokenInspection InspectTokens(const TokenFile& file, const fs::path& path) {
  const auto record = FindTokensRecord(path);
  std::optional<std::int32_t> end;
  if (record) end = static_cast<std::int32_t>(record->tokenizer.end_of_text);
  TokenCounts counts;
  ForEachDocument(file, std::nullopt, [&](auto tokens) {
    for (const std::int32_t token : tokens) counts.Add(token);
  });
  TokenInspection inspection = counts.Take();
  inspection.bytes_of_token = static_cast<int>(file.width());
  inspection.tokens = file.size();
  inspection.first_text = TextOf(path.parent_path(), inspection.first);
  if (!record) return inspection;
  inspection.bytes_per_token = record->bytes_per_token();
  inspection.vocab_size = record->tokenizer.vocab_size;
  std::int64_t documents = 0;
  std::unordered_set<std::uint64_t> seen;
  ForEachDocument(file, end, [&](auto tokens) {
    ++documents;
    seen.insert(HashTokens(tokens));
  });
  inspection.documents = documents;
  inspection.repeated_documents = documents - std::ssize(seen);
  return inspection;
}

TextInspection InspectText(const fs::path& path, const std::string& field) {
  DocumentReader reader({path}, field);
  TextInspection inspection;
  std::unordered_set<std::uint64_t> seen;
  std::uint64_t hash = 0;
  TextPiece piece;
  while (reader.Next(&piece)) {
    inspection.empty_documents += piece.empty_documents;
    inspection.documents += piece.empty_documents;
    for (const TextUnit& unit : piece.units) {
      const std::string_view text = piece.TextOf(unit);
      Require(ValidUtf8Prefix(text).size() == text.size(), "{}:{}: is no UTF-8",
              path.string(), unit.line);
      inspection.bytes += std::ssize(text);
      if (text.ends_with('\n') || unit.ends_document) ++inspection.lines;
      if (inspection.first_text.size() < kFirstBytes) {
        inspection.first_text += text.substr(0, kFirstBytes);
      }
      hash = MixBits(hash, std::hash<std::string_view>{}(text));
      if (!unit.ends_document) continue;
      ++inspection.documents;
      if (!seen.insert(hash).second) ++inspection.repeated_documents;
      hash = 0;
    }
  }
  inspection.first_text = Shortened(inspection.first_text, kFirstBytes);
  return inspection;
}

}  // namespace

DataInspection InspectData(const fs::path& path,
                           const std::string& text_field) {
  DataInspection inspection;
  inspection.file = path.string();
  std::error_code error;
  inspection.bytes = static_cast<std::int64_t>(fs::file_size(path, error));
  Require(!error, "{}: {}", path.string(), error.message());
  if (IsTextName(path)) {
    inspection.text = InspectText(path, text_field);
    inspection.what = path.string().find(".jsonl") != std::string::npos
                          ? "JSON lines"
                          : "text";
    return inspection;
  }
  MappedFile mapped(path);
  const auto bytes = mapped.bytes();
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()),
                              std::min(bytes.size(), kFileKindBytes));
  if (const auto kind = NoPlainText(head); kind && path.extension() != ".bin") {
    inspection.what = kind->name;
    return inspection;
  }
  if (path.extension() == ".model") {
    const TokenizerModel model = TokenizerModel::Load(path);
    inspection.what =
        fmt::format("SentencePiece model, {}, {} pieces",
                    NameOf(model.facts().kind), model.vocab_size());
    return inspection;
  }
  const TokenFile file(path.string(), std::move(mapped), TokenFormat::kAuto);
  inspection.tokens = InspectTokens(file, path);
  inspection.what =
      fmt::format("token file, uint{}", 8 * inspection.tokens->bytes_of_token);
  return inspection;
}

std::vector<fs::path> FilesToInspect(const std::vector<std::string>& files) {
  Problems problems;
  const DirectoryRules rules{{".bin", ".txt", ".jsonl", ".gz", ".zst"}};
  std::vector<fs::path> paths;
  for (const DataFile& file :
       FindFiles(files, "FILE", rules, &problems).files) {
    paths.push_back(file.path);
  }
  problems.ThrowIfAny();
  return paths;
}

namespace {

template <typename Value>
void SetIf(const char* key, const std::optional<Value>& value, Json* json) {
  if (value) (*json)[key] = *value;
}

}  // namespace

Json ToJson(const DataInspection& inspection) {
  Json json = {{"file", inspection.file},
               {"what", inspection.what},
               {"bytes", inspection.bytes}};
  if (const auto& tokens = inspection.tokens) {
    Json& out = json["tokens"];
    out = {{"bytes_of_token", tokens->bytes_of_token},
           {"tokens", tokens->tokens},
           {"distinct_ids", tokens->distinct},
           {"largest_id", tokens->largest},
           {"first_ids", tokens->first}};
    SetIf("first_text", tokens->first_text, &out);
    SetIf("vocab_size", tokens->vocab_size, &out);
    SetIf("bytes_per_token", tokens->bytes_per_token, &out);
    SetIf("documents", tokens->documents, &out);
    SetIf("repeated_documents", tokens->repeated_documents, &out);
    out["blocks"] = tokens->blocks;
    out["repeated_blocks"] = tokens->repeated_blocks;
  }
  if (const auto& text = inspection.text) {
    json["text"] = {{"documents", text->documents},
                    {"empty_documents", text->empty_documents},
                    {"repeated_documents", text->repeated_documents},
                    {"lines", text->lines},
                    {"bytes", text->bytes},
                    {"first_text", text->first_text}};
  }
  return json;
}

}  // namespace isoflop
