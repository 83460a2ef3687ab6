#include "lib/sweep/training_config.h"

#include <fmt/format.h>

namespace isoflop {
namespace {

constexpr Range<std::int64_t> kCounts{1, std::int64_t{1} << 40};
constexpr Range<double> kFractions{0.0, 1.0};

void ParseSchedule(const Json& json, const std::string& path,
                   Problems* problems, TrainingConfig* config) {
  ObjectReader reader(json, path, problems);
  reader.ReadEnum("kind", &config->schedule);
  reader.Read("warmup_steps", &config->warmup_steps, {0, kCounts.highest});
  reader.Read("cooldown_fraction", &config->cooldown_fraction,
              {kPositive, 1.0});
  reader.Read("final_lr_fraction", &config->final_lr_fraction, kFractions);
  reader.Finish();
}

void ReadOptimizer(ObjectReader* reader, TrainingConfig* config) {
  // At 1 a moment would take nothing in, and its correction divide by zero.
  constexpr double kBelowOne = 0.999999;
  reader->ReadEnum("optimizer", &config->optimizer);
  reader->Read("beta1", &config->beta1, {0.0, kBelowOne});
  reader->Read("beta2", &config->beta2, {0.0, kBelowOne});
  reader->Read("epsilon", &config->epsilon, {kPositive, 1.0});
  reader->Read("weight_decay", &config->weight_decay, kFractions);
  reader->Read("clip_norm", &config->clip_norm, {0.0});
  if (config->optimizer == OptimizerKind::kAdamW) return;
  for (const char* key : {"beta1", "beta2", "epsilon"}) {
    if (!reader->Has(key)) continue;
    reader->Refuse(key, fmt::format("means nothing to the optimizer {}",
                                    NameOf(config->optimizer)));
  }
}

void ReadMicroBatch(ObjectReader* reader, TrainingConfig* config) {
  std::int64_t tokens = 0;
  if (!reader->Read("micro_batch_tokens", &tokens, kCounts)) return;
  config->micro_batch_tokens = tokens;
  if (config->batch_tokens % tokens != 0) {
    reader->Refuse("micro_batch_tokens",
                   fmt::format("{} does not divide batch_tokens {}", tokens,
                               config->batch_tokens));
  }
}

// What a schedule does not use changes no result, and so makes no other run.
Json ScheduleIdentity(const TrainingConfig& config) {
  Json json{{"kind", NameOf(config.schedule)},
            {"warmup_steps", config.warmup_steps}};
  if (config.schedule == ScheduleKind::kWsd) {
    json["cooldown_fraction"] = config.cooldown_fraction;
  }
  if (config.schedule == ScheduleKind::kCosine) {
    json["final_lr_fraction"] = config.final_lr_fraction;
  }
  return json;
}

/// Only what it has a use for. AdamW is not named: runs that are older than the
/// choice have no other.
void PutOptimizer(const TrainingConfig& config, Json* json) {
  if (config.optimizer == OptimizerKind::kAdamW) {
    (*json)["beta1"] = config.beta1;
    (*json)["beta2"] = config.beta2;
    (*json)["epsilon"] = config.epsilon;
  } else {
    (*json)["optimizer"] = NameOf(config.optimizer);
  }
}

}  // namespace

double WidthScale(const TrainingConfig& config, std::int64_t d_model) {
  if (config.lr_scaling == LrScaling::kNone) return 1.0;
  return static_cast<double>(config.reference_d_model) /
         static_cast<double>(d_model);
}

TrainingConfig ParseTrainingConfig(const Json& json, const std::string& path,
                                   Problems* problems) {
  TrainingConfig config;
  ObjectReader reader(json, path, problems);
  reader.Read("batch_tokens", &config.batch_tokens, kCounts);
  reader.Read("peak_lr", &config.peak_lr, {kPositive, 10.0});
  reader.ReadEnum("lr_scaling", &config.lr_scaling);
  reader.Read("reference_d_model", &config.reference_d_model, kCounts);
  if (const Json* schedule = reader.Child("schedule")) {
    ParseSchedule(*schedule, reader.PathOf("schedule"), problems, &config);
  }
  ReadOptimizer(&reader, &config);
  reader.ReadEnum("precision", &config.precision);
  ReadMicroBatch(&reader, &config);
  reader.Read("log_every_steps", &config.log_every_steps, kCounts);
  reader.Read("checkpoint_every_seconds", &config.checkpoint_every_seconds,
              {kPositive, 1e6});
  reader.Finish();
  return config;
}

Json ToJson(const TrainingConfig& config) {
  Json json{{"batch_tokens", config.batch_tokens},
            {"peak_lr", config.peak_lr},
            {"lr_scaling", NameOf(config.lr_scaling)},
            {"reference_d_model", config.reference_d_model},
            {"schedule",
             {{"kind", NameOf(config.schedule)},
              {"warmup_steps", config.warmup_steps},
              {"cooldown_fraction", config.cooldown_fraction},
              {"final_lr_fraction", config.final_lr_fraction}}}};
  PutOptimizer(config, &json);
  json["weight_decay"] = config.weight_decay;
  json["clip_norm"] = config.clip_norm;
  json["precision"] = NameOf(config.precision);
  json["log_every_steps"] = config.log_every_steps;
  json["checkpoint_every_seconds"] = config.checkpoint_every_seconds;
  if (config.micro_batch_tokens) {
    json["micro_batch_tokens"] = *config.micro_batch_tokens;
  }
  return json;
}

// Without what changes a result by rounding at most: the micro-batch, how often
// a line is logged, how often a checkpoint is written.
Json IdentityJson(const TrainingConfig& config) {
  Json json{{"batch_tokens", config.batch_tokens},
            {"peak_lr", config.peak_lr},
            {"lr_scaling", NameOf(config.lr_scaling)},
            {"schedule", ScheduleIdentity(config)},
            {"weight_decay", config.weight_decay},
            {"clip_norm", config.clip_norm},
            {"precision", NameOf(config.precision)}};
  PutOptimizer(config, &json);
  if (config.lr_scaling == LrScaling::kWidth) {
    json["reference_d_model"] = config.reference_d_model;
  }
  return json;
}

}  // namespace isoflop
