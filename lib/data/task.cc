#include "lib/data/task.h"

#include <fmt/format.h>

#include "lib/core/error.h"
#include "lib/core/text.h"
#include "lib/data/first_positions_task.h"

namespace isoflop {
namespace {

/// Training tokens of one epoch: those that examples cover.
std::optional<std::int64_t> EpochTokens(const Task& task) {
  const auto examples = task.train_examples();
  return examples ? std::optional(*examples * task.context()) : std::nullopt;
}

}  // namespace

Json ToJson(const TaskInfo& info) {
  Json json = {{"fingerprint", info.fingerprint},
               {"description", info.description},
               {"vocab_size", info.vocab_size},
               {"loss_unit", NameOf(info.loss_unit)}};
  if (info.train_tokens) json["train_tokens"] = *info.train_tokens;
  if (info.validation_tokens) {
    json["validation_tokens"] = *info.validation_tokens;
  }
  if (info.bytes_per_token) json["bytes_per_token"] = *info.bytes_per_token;
  const TaskOptimum& optimum = info.optimum;
  if (optimum.expected) json["bayes_risk"] = *optimum.expected;
  if (optimum.on_evaluation_set) {
    json["bayes_loss"] = *optimum.on_evaluation_set;
  }
  if (!optimum.by_position.empty()) {
    json["bayes_risk_by_position"] = optimum.by_position;
  }
  json["notes"] = info.notes;
  return json;
}

std::unique_ptr<Task> OpenTask(const DataConfig& config, std::int64_t context) {
  // Checked once more, as not every configuration is read from a sweep file.
  Require(context >= 1, "context: must be at least 1, got {}", context);
  Require(config.eval_tokens >= context,
          "data.eval_tokens: must be at least the context of {}, got {}",
          context, config.eval_tokens);
  Problems problems;
  config.task->Validate(context, "data", &problems);
  problems.ThrowIfAny();
  auto task = config.task->Open(config.eval_tokens, context);
  if (config.train_positions == 0) return task;
  return TrainOnFirst(std::move(task), config.train_positions);
}

std::optional<std::int64_t> TokensAllowed(const Task& task,
                                          const DataConfig& config) {
  const auto epoch = EpochTokens(task);
  return epoch ? std::optional(*epoch * config.max_epochs) : std::nullopt;
}

void RequireTokens(const Task& task, const DataConfig& config,
                   std::int64_t tokens, const std::string& who) {
  const auto epoch = EpochTokens(task);
  const auto most = TokensAllowed(task, config);
  if (!epoch || !most) return;
  Require(tokens <= *most,
          "data.max_epochs: is {}, but {} needs {} training tokens ({}), and "
          "the data hold {} ({}) in an epoch: give more data, train on fewer "
          "tokens, or allow {} epochs",
          config.max_epochs, who, tokens,
          FormatCount(static_cast<double>(tokens)), *epoch,
          FormatCount(static_cast<double>(*epoch)),
          (tokens + *epoch - 1) / *epoch);
}

double Epochs(const Task& task, std::int64_t tokens) {
  const auto epoch = EpochTokens(task);
  if (!epoch) return 0.0;
  return static_cast<double>(tokens) / static_cast<double>(*epoch);
}

}  // namespace isoflop
