#include "lib/data/tokens_record.h"

#include <system_error>

#include "lib/core/error.h"
#include "lib/core/object_reader.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMost = std::int64_t{1} << 53;
constexpr Range<std::int64_t> kCount{0, kMost};

void ReadTokenizer(const Json& json, const std::string& path,
                   TokenizerRecord* tokenizer, Problems* problems) {
  ObjectReader reader(json, path, problems);
  reader.Ignore("file");
  reader.Ignore("library");
  for (const char* key : {"sha256", "release", "kind", "vocab_size"}) {
    reader.Need(key);
  }
  reader.Read("sha256", &tokenizer->sha256);
  reader.Read("release", &tokenizer->release);
  reader.Read("kind", &tokenizer->kind);
  reader.Read("vocab_size", &tokenizer->vocab_size, {1, INT32_MAX});
  reader.Read("end_of_text", &tokenizer->end_of_text, {0, INT32_MAX});
  std::int64_t threads = 0;
  if (reader.Read("training_threads", &threads, kCount)) {
    tokenizer->training_threads = threads;
  }
  reader.Finish();
}

void ReadInput(const Json& json, const std::string& path, TokensRecord* record,
               Problems* problems) {
  ObjectReader reader(json, path, problems);
  for (const char* key : {"fingerprint", "documents", "bytes"}) {
    reader.Need(key);
  }
  reader.Read("fingerprint", &record->fingerprint);
  reader.Read("documents", &record->documents, kCount);
  reader.Read("empty_documents", &record->empty_documents, kCount);
  reader.Read("bytes", &record->bytes, kCount);
  reader.Finish();
}

void ReadFiles(const Json& json, const std::string& path, TokensRecord* record,
               Problems* problems) {
  if (!json.is_array()) return problems->Add(path, "must be an array");
  for (std::size_t i = 0; i < json.size(); ++i) {
    TokensFileRecord file;
    ObjectReader reader(json[i], path + "[" + std::to_string(i) + "]",
                        problems);
    reader.Need("name");
    reader.Read("name", &file.name);
    reader.Read("tokens", &file.tokens, kCount);
    reader.Read("sha256", &file.sha256);
    reader.Finish();
    record->files.push_back(std::move(file));
  }
}

}  // namespace

Json ToJson(const TokenizerRecord& tokenizer) {
  Json json = {{"file", kModelFile},
               {"sha256", tokenizer.sha256},
               {"library", "SentencePiece"},
               {"release", tokenizer.release},
               {"kind", tokenizer.kind},
               {"vocab_size", tokenizer.vocab_size},
               {"end_of_text", tokenizer.end_of_text}};
  if (tokenizer.training_threads) {
    json["training_threads"] = *tokenizer.training_threads;
  }
  return json;
}

Json ToJson(const TokensRecord& record) {
  Json files = Json::array();
  for (const TokensFileRecord& file : record.files) {
    files.push_back({{"name", file.name},
                     {"tokens", file.tokens},
                     {"sha256", file.sha256}});
  }
  return {{"schema", kTokensSchema},
          {"tokenizer", ToJson(record.tokenizer)},
          {"input",
           {{"fingerprint", record.fingerprint},
            {"documents", record.documents},
            {"empty_documents", record.empty_documents},
            {"bytes", record.bytes}}},
          {"tokens", record.tokens},
          {"bytes_per_token", record.bytes_per_token()},
          {"files", std::move(files)}};
}

TokensRecord ReadTokensRecord(const fs::path& path) {
  const Json json = ReadJsonFile(path);
  TokensRecord record;
  Problems problems;
  ObjectReader reader(json, path.string(), &problems);
  std::string schema;
  if (reader.Need("schema")) {
    reader.ReadWord("schema", {kTokensSchema}, &schema);
  }
  if (reader.Need("tokenizer")) {
    ReadTokenizer(*reader.Child("tokenizer"), reader.PathOf("tokenizer"),
                  &record.tokenizer, &problems);
  }
  if (reader.Need("input")) {
    ReadInput(*reader.Child("input"), reader.PathOf("input"), &record,
              &problems);
  }
  reader.Need("tokens");
  reader.Read("tokens", &record.tokens, {1, kMost});
  reader.Ignore("bytes_per_token");  // follows from the others
  if (const Json* files = reader.Child("files")) {
    ReadFiles(*files, reader.PathOf("files"), &record, &problems);
  }
  reader.Finish();
  problems.ThrowIfAny();
  return record;
}

std::optional<TokensRecord> FindTokensRecord(const fs::path& path) {
  std::error_code ignored;
  const fs::path folder =
      fs::is_directory(path, ignored) ? path : path.parent_path();
  const fs::path file = folder / kTokensFile;
  if (!fs::exists(file, ignored)) return std::nullopt;
  return ReadTokensRecord(file);
}

}  // namespace isoflop
