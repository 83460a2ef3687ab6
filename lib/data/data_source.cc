#include "lib/data/data_source.h"

#include <fmt/format.h>

#include "lib/core/error.h"
#include "lib/core/text.h"
#include "lib/data/lexicon_source.h"
#include "lib/data/text_source.h"
#include "lib/data/tokens_source.h"

namespace isoflop {
namespace {

std::unique_ptr<DataSource> OpenLexicon(const DataConfig& config,
                                        std::int64_t context) {
  Problems problems;
  Validate(config.lexicon, context, "data", &problems);
  problems.ThrowIfAny();
  return std::make_unique<LexiconSource>(config.lexicon, config.eval_tokens,
                                         context);
}

/// Training tokens of one epoch: those that windows cover.
std::optional<std::int64_t> EpochTokens(const DataSource& source) {
  const auto windows = source.train_windows();
  return windows ? std::optional(*windows * source.context()) : std::nullopt;
}

}  // namespace

Json ToJson(const DataInfo& info) {
  Json json = {{"fingerprint", info.fingerprint},
               {"description", info.description},
               {"vocab_size", info.vocab_size}};
  if (info.train_tokens) json["train_tokens"] = *info.train_tokens;
  if (info.validation_tokens) {
    json["validation_tokens"] = *info.validation_tokens;
  }
  if (info.entropy_rate) json["entropy_rate"] = *info.entropy_rate;
  if (info.bayes_loss) json["bayes_loss"] = *info.bayes_loss;
  json["notes"] = info.notes;
  return json;
}

std::unique_ptr<DataSource> OpenDataSource(const DataConfig& config,
                                           std::int64_t context) {
  // Checked once more, as not every configuration is read from a sweep file.
  Require(context >= 1, "context: must be at least 1, got {}", context);
  Require(config.eval_tokens >= context,
          "data.eval_tokens: must be at least the context of {}, got {}",
          context, config.eval_tokens);
  switch (config.kind) {
    case DataKind::kLexicon:
      return OpenLexicon(config, context);
    case DataKind::kText:
      return OpenText(config.text, config.eval_tokens, context);
    case DataKind::kTokens:
      return OpenTokens(config.tokens, config.eval_tokens, context);
  }
  return nullptr;
}

void RequireTokens(const DataSource& source, const DataConfig& config,
                   std::int64_t tokens, const std::string& who) {
  const auto epoch = EpochTokens(source);
  if (!epoch) return;
  Require(tokens <= *epoch * config.max_epochs,
          "data.max_epochs: is {}, but {} needs {} training tokens ({}), and "
          "the data hold {} ({}) in an epoch: give more data, train on fewer "
          "tokens, or allow {} epochs",
          config.max_epochs, who, tokens,
          FormatCount(static_cast<double>(tokens)), *epoch,
          FormatCount(static_cast<double>(*epoch)),
          (tokens + *epoch - 1) / *epoch);
}

double Epochs(const DataSource& source, std::int64_t tokens) {
  const auto epoch = EpochTokens(source);
  if (!epoch) return 0.0;
  return static_cast<double>(tokens) / static_cast<double>(*epoch);
}

}  // namespace isoflop
