// What holds of every task, architecture and optimizer in training.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

/// Sections in place of those of TinySweepJson().
struct Kind {
  std::string data;
  std::string model;
  std::string training = "{}";
};

Json SweepOf(const Kind& kind) {
  Json json = TinySweepJson();
  json["data"] = ParseJson(kind.data, "data");
  json["data"]["eval_tokens"] = 256;
  json["model"] = ParseJson(kind.model, "model");
  if (json["model"].value("architecture", "") == "linear") {
    json["grid"]["sizes"] = Json::array({{{"d_model", 8}}});
  }
  json["training"].update(ParseJson(kind.training, "training"));
  return json;
}

std::vector<Kind> EveryKind() {
  const std::string transformer = R"({"context": 16, "layers": 1, "heads": 2)";
  std::vector<Kind> kinds;
  for (const char* data :
       {R"({"kind": "markov"})",
        R"({"kind": "recall", "keys": 8, "values": 4})",
        R"({"kind": "regression", "dimension": 3, "noise": 0.5})",
        R"({"kind": "regression", "dimension": 3, "tasks": 4,
            "train_examples": 5})",
        R"({"kind": "regression", "layout": "concatenated"})",
        R"({"kind": "teacher"})"}) {
    kinds.push_back({data, transformer + "}"});
    kinds.push_back({data, R"({"context": 16, "architecture": "gru"})"});
  }
  kinds.push_back({R"({"kind": "addition", "digits": 2})",
                   R"({"context": 8, "layers": 1, "heads": 2})"});
  kinds.push_back({R"({"kind": "skills", "length": 3, "symbols": 4})",
                   R"({"context": 4, "layers": 1, "heads": 2})"});
  kinds.push_back({R"({"kind": "hierarchy", "symbols": 4, "rules": 2})",
                   R"({"context": 4, "layers": 1, "heads": 2})"});
  kinds.push_back({R"({"kind": "iterate", "symbols": 4})",
                   R"({"context": 9, "layers": 1, "heads": 2})",
                   R"({"batch_tokens": 72})"});
  const char* of_one = R"({"kind": "manifold"})";
  kinds.push_back({of_one, R"({"context": 1, "architecture": "mlp"})"});
  kinds.push_back({R"({"kind": "parities", "parities": 4, "bits": 6})",
                   R"({"context": 1, "architecture": "mlp"})"});
  kinds.push_back({R"({"kind": "power_features"})",
                   R"({"context": 1, "architecture": "linear"})",
                   R"({"optimizer": "sgd", "peak_lr": 0.1})"});
  kinds.push_back({R"({"kind": "power_features", "features": 20})",
                   R"({"context": 1, "architecture": "mlp", "layers": 1})"});
  const char* lexicon = R"({"kind": "lexicon", "vocab_size": 16, "words": 32})";
  kinds.push_back({R"({"kind": "lexicon", "vocab_size": 16, "words": 32,
                       "train_positions": 5})",
                   transformer + "}"});
  kinds.push_back({lexicon, R"({"context": 16, "architecture": "lstm"})"});
  kinds.push_back({lexicon, R"({"context": 16, "architecture": "mlp"})",
                   R"({"optimizer": "sgd"})"});
  for (const char* axis :
       {R"("position": "sinusoidal")", R"("position": "alibi")",
        R"("attention": "linear")", R"("kv_heads": 1, "qk_norm": true)",
        R"("ffn": "none")", R"("ffn": "linear", "norm": "none")"}) {
    kinds.push_back({lexicon, transformer + ", " + axis + "}"});
  }
  return kinds;
}

TEST(EveryKind, GoesOnAfterAStopBitForBit) {
  for (const Kind& kind : EveryKind()) {
    SCOPED_TRACE(kind.data + " " + kind.model + " " + kind.training);
    TinySweep undisturbed(SweepOf(kind));
    RecordingObserver observer;
    ASSERT_EQ(Train(undisturbed, observer), GroupOutcome::kEnded);
    TinySweep stopped(SweepOf(kind));
    for (bool ended = false; !ended;) {
      RecordingObserver stopping;
      stopping.stop_at_question = 67;
      ended = Train(stopped, stopping) == GroupOutcome::kEnded;
    }
    for (std::size_t i = 0; i < 3; ++i) {
      ASSERT_TRUE(undisturbed.Result(i).loss);
      EXPECT_EQ(*stopped.Result(i).loss, *undisturbed.Result(i).loss);
      EXPECT_EQ(Text(stopped.Curve(i)), Text(undisturbed.Curve(i)));
    }
  }
}

TEST(EveryKind, GetsNoWorseByTraining) {
  for (const Kind& kind : EveryKind()) {
    SCOPED_TRACE(kind.data + " " + kind.model + " " + kind.training);
    TinySweep sweep(SweepOf(kind));
    RecordingObserver observer;
    Train(sweep, observer);
    // Of training: the evaluation set of some has other tasks.
    const std::vector<MetricsLine> curve = sweep.Curve(2);
    EXPECT_LT(curve.back().train_loss, 1.2 * curve.front().train_loss);
  }
}

TEST(EveryKind, MakesTheSameUpdatesAsOnAGpu) {
  for (const Kind& kind : EveryKind()) {
    SCOPED_TRACE(kind.data + " " + kind.model + " " + kind.training);
    TinySweep sweep(SweepOf(kind));
    const LrSchedule schedule = MakeSchedule(sweep.group().training, 100);
    std::vector<std::vector<UpdateResult>> results;
    for (const bool device_step : {false, true}) {
      Trainer trainer(sweep.group(), sweep.task(), at::kCPU,
                      {.device_step = device_step});
      trainer.Initialize();
      for (int step = 0; step < 10; ++step) trainer.Update(step, schedule);
      results.push_back(trainer.TakeResults());
    }
    for (std::size_t i = 0; i < 10; ++i) {
      EXPECT_NEAR(results[0][i].loss, results[1][i].loss,
                  1e-4 * results[0][i].loss);
      EXPECT_NEAR(results[0][i].grad_norm, results[1][i].grad_norm,
                  1e-3 * results[0][i].grad_norm);
    }
  }
}

TEST(EveryKind, SaysInItsResultWhatItsLossIsAndHowManyTokensCounted) {
  TinySweep recall(SweepOf({R"({"kind": "recall", "keys": 8, "values": 4})",
                            R"({"context": 16, "layers": 1, "heads": 2})"}));
  RecordingObserver observer;
  Train(recall, observer);
  const RunResult of_tokens = recall.Result(0);
  EXPECT_EQ(of_tokens.loss_unit, LossUnit::kNats);
  EXPECT_EQ(of_tokens.tokens, 6400);
  EXPECT_EQ(of_tokens.tokens_counted, 1600);  // 4 of every 16

  TinySweep regression(
      SweepOf({R"({"kind": "regression", "dimension": 3})",
               R"({"context": 16, "layers": 1, "heads": 2})"}));
  Train(regression, observer);
  const RunResult of_vectors = regression.Result(0);
  EXPECT_EQ(of_vectors.loss_unit, LossUnit::kSquaredError);
  EXPECT_EQ(of_vectors.tokens_counted, 3200);
}

}  // namespace
}  // namespace isoflop
