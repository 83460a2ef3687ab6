#include "lib/data/data_config.h"

#include <fmt/format.h>

#include <string_view>

#include "lib/data/lexicon.h"

namespace isoflop {
namespace {

/// A key that only one kind of data has.
struct OwnKey {
  DataKind kind;
  std::string_view key;
};

constexpr std::array<OwnKey, 10> kOwnKeys = {{
    {DataKind::kLexicon, "words"},
    {DataKind::kLexicon, "word_length"},
    {DataKind::kLexicon, "zipf_exponent"},
    {DataKind::kLexicon, "language_seed"},
    {DataKind::kText, "paths"},
    {DataKind::kText, "extensions"},
    {DataKind::kText, "validation_fraction"},
    {DataKind::kTokens, "train_paths"},
    {DataKind::kTokens, "validation_paths"},
    {DataKind::kTokens, "format"},
}};

/// A key that another kind would know gets a better answer than "unknown".
void RefuseKeysOfOtherKinds(DataKind kind, ObjectReader* reader) {
  for (const OwnKey& own : kOwnKeys) {
    if (own.kind == kind || !reader->Has(own.key)) continue;
    reader->Refuse(own.key,
                   fmt::format("is a key of kind \"{}\", but the kind is "
                               "\"{}\"",
                               NameOf(own.kind), NameOf(kind)));
    // Or Finish would complain about it once more.
    reader->Ignore(own.key);
  }
}

void ReadLexicon(ObjectReader* reader, LexiconConfig* lexicon) {
  reader->Read("vocab_size", &lexicon->vocab_size, {2, 65536});
  reader->Read("words", &lexicon->words, {2, 1 << 24});
  reader->Read("word_length", &lexicon->word_length, {1, 64});
  reader->Read("zipf_exponent", &lexicon->zipf_exponent, {0.0, 10.0});
  reader->Read("language_seed", &lexicon->language_seed, {0, INT64_MAX});
}

void ReadText(ObjectReader* reader, TextConfig* text) {
  if (reader->Need("paths")) reader->Read("paths", &text->paths);
  reader->Read("extensions", &text->extensions);
  for (std::string& extension : text->extensions) {
    // "txt" is what many people write for ".txt".
    if (!extension.starts_with('.')) extension.insert(extension.begin(), '.');
  }
  reader->Read("validation_fraction", &text->validation_fraction,
               {kPositive, 0.5});
}

void ReadTokens(ObjectReader* reader, TokensConfig* tokens) {
  if (reader->Need("train_paths")) {
    reader->Read("train_paths", &tokens->train_paths);
  }
  reader->Read("validation_paths", &tokens->validation_paths);
  reader->ReadEnum("format", &tokens->format);
  if (reader->Need("vocab_size")) {
    reader->Read("vocab_size", &tokens->vocab_size, {2, INT32_MAX});
  }
  constexpr std::int64_t kUint16Values = 65536;
  if (tokens->format == TokenFormat::kUint16 &&
      tokens->vocab_size > kUint16Values) {
    reader->Refuse("vocab_size",
                   fmt::format("must be at most {} with the format uint16, got "
                               "{}; is the format uint32?",
                               kUint16Values, tokens->vocab_size));
  }
}

void ReadKind(ObjectReader* reader, DataConfig* config) {
  switch (config->kind) {
    case DataKind::kLexicon:
      return ReadLexicon(reader, &config->lexicon);
    case DataKind::kText:
      return ReadText(reader, &config->text);
    case DataKind::kTokens:
      return ReadTokens(reader, &config->tokens);
  }
}

}  // namespace

DataConfig ParseDataConfig(const Json& json, const std::string& path,
                           std::int64_t context, Problems* problems) {
  DataConfig config;
  const std::size_t before = problems->messages().size();
  ObjectReader reader(json, path, problems);
  if (!reader.ReadEnum("kind", &config.kind) && reader.Has("kind")) {
    return config;  // what else is wrong depends on the kind
  }
  reader.Read("eval_tokens", &config.eval_tokens, {1, std::int64_t{1} << 30});
  if (config.eval_tokens < context) {
    reader.Refuse("eval_tokens",
                  fmt::format("must be at least the context of {}, got {}",
                              context, config.eval_tokens));
  }
  reader.Read("max_epochs", &config.max_epochs, {1, 1000000});
  ReadKind(&reader, &config);
  RefuseKeysOfOtherKinds(config.kind, &reader);
  reader.Finish();
  // What depends on several keys is asked only where each of them is right.
  const bool valid = problems->messages().size() == before;
  if (valid && config.kind == DataKind::kLexicon) {
    Validate(config.lexicon, context, path, problems);
  }
  return config;
}

Json ToJson(const DataConfig& config) {
  Json json = {{"kind", NameOf(config.kind)}};
  switch (config.kind) {
    case DataKind::kLexicon:
      json["vocab_size"] = config.lexicon.vocab_size;
      json["words"] = config.lexicon.words;
      json["word_length"] = config.lexicon.word_length;
      json["zipf_exponent"] = config.lexicon.zipf_exponent;
      json["language_seed"] = config.lexicon.language_seed;
      break;
    case DataKind::kText:
      json["paths"] = config.text.paths;
      if (!config.text.extensions.empty()) {
        json["extensions"] = config.text.extensions;
      }
      json["validation_fraction"] = config.text.validation_fraction;
      break;
    case DataKind::kTokens:
      json["train_paths"] = config.tokens.train_paths;
      if (!config.tokens.validation_paths.empty()) {
        json["validation_paths"] = config.tokens.validation_paths;
      }
      json["format"] = NameOf(config.tokens.format);
      json["vocab_size"] = config.tokens.vocab_size;
      break;
  }
  json["eval_tokens"] = config.eval_tokens;
  json["max_epochs"] = config.max_epochs;
  return json;
}

}  // namespace isoflop
