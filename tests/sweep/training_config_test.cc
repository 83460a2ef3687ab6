#include "lib/sweep/training_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isoflop {
namespace {

using ::testing::ElementsAre;

TrainingConfig ParseClean(const Json& json) {
  Problems problems;
  TrainingConfig config = ParseTrainingConfig(json, "training", &problems);
  EXPECT_THAT(problems.messages(), ElementsAre());
  return config;
}

const char* const kEverySetting = R"({
  "batch_tokens": 4096, "peak_lr": 0.003, "lr_scaling": "none",
  "reference_d_model": 64,
  "schedule": { "kind": "cosine", "warmup_steps": 10,
                "cooldown_fraction": 0.3, "final_lr_fraction": 0.05 },
  "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-6, "weight_decay": 0.2,
  "clip_norm": 0.5, "precision": "bf16", "log_every_steps": 5,
  "checkpoint_every_seconds": 30, "micro_batch_tokens": 1024
})";

TEST(TrainingConfig, KeepsTheDefaultsOfAnEmptySection) {
  EXPECT_EQ(ToJson(ParseClean(Json::object())), ToJson(TrainingConfig{}));
}

TEST(TrainingConfig, ReadsEverySetting) {
  const TrainingConfig config = ParseClean(ParseJson(kEverySetting, "t"));
  EXPECT_EQ(config.batch_tokens, 4096);
  EXPECT_EQ(config.peak_lr, 0.003);
  EXPECT_EQ(config.lr_scaling, LrScaling::kNone);
  EXPECT_EQ(config.schedule, ScheduleKind::kCosine);
  EXPECT_EQ(config.warmup_steps, 10);
  EXPECT_EQ(config.final_lr_fraction, 0.05);
  EXPECT_EQ(config.beta2, 0.99);
  EXPECT_EQ(config.precision, Precision::kBf16);
  EXPECT_EQ(config.micro_batch_tokens, 1024);
}

TEST(TrainingConfig, ReadsBackWhatItWrites) {
  const Json json = ParseJson(kEverySetting, "t");
  EXPECT_EQ(ToJson(ParseClean(json)), json);
  const Json defaults = ToJson(TrainingConfig{});
  EXPECT_EQ(ToJson(ParseClean(defaults)), defaults);
}

TEST(TrainingConfig, SaysEverythingThatIsWrongAtOnce) {
  Problems problems;
  ParseTrainingConfig(ParseJson(R"({"peak_lr": 0, "precision": "fp16",
                                    "schedule": {"warmup_steps": -1}})",
                                "t"),
                      "a.json: training", &problems);
  EXPECT_THAT(
      problems.messages(),
      ElementsAre(
          "a.json: training.peak_lr: must be above 0 and at most 10, "
          "got 0",
          "a.json: training.schedule.warmup_steps: must be from 0 to "
          "1099511627776, got -1",
          "a.json: training.precision: must be one of fp32, bf16, auto, "
          "got \"fp16\" (did you mean 'fp32'?)"));
}

TEST(TrainingIdentity, LeavesOutWhatTheScheduleDoesNotUse) {
  TrainingConfig wsd;
  TrainingConfig other = wsd;
  other.final_lr_fraction = 0.5;
  EXPECT_EQ(IdentityJson(other), IdentityJson(wsd));

  TrainingConfig cosine;
  cosine.schedule = ScheduleKind::kCosine;
  other = cosine;
  other.cooldown_fraction = 0.5;
  EXPECT_EQ(IdentityJson(other), IdentityJson(cosine));
}

TEST(TrainingIdentity, LeavesOutTheReferenceWidthOfAnUnscaledRate) {
  TrainingConfig config;
  config.lr_scaling = LrScaling::kNone;
  TrainingConfig other = config;
  other.reference_d_model = 64;
  EXPECT_EQ(IdentityJson(other), IdentityJson(config));
}

}  // namespace
}  // namespace isoflop
