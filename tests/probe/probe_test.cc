#include "lib/probe/probe.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/probe/probe_subject.h"

namespace isoflop {
namespace {

using testing::Each;
using testing::ElementsAre;

TEST(LossByPosition, IsTheMeanOverExamples) {
  Subject subject(SweepOf(kMarkov, kTwoHeads));
  const Json result = subject.Measure(ProbeKind::kLossByPosition);
  const at::Tensor losses = subject.BatchOf(0, 6).losses;
  ASSERT_EQ(result["positions"].size(), 16U);
  const auto means = Numbers(result["loss"]);
  const auto errors = Numbers(result["std_error"]);
  for (std::int64_t t = 0; t < 16; ++t) {
    const auto at = static_cast<std::size_t>(t);
    const at::Tensor column = losses.select(1, t);
    EXPECT_NEAR(means[at], column.mean().item<double>(), 1e-6);
    EXPECT_NEAR(errors[at], column.std().item<double>() / std::sqrt(6.0), 1e-6);
  }
}

TEST(LossByPosition, LeavesOutPositionsThatNeverCount) {
  Subject subject(SweepOf(kRegression, kTwoHeads));
  const Json result = subject.Measure(ProbeKind::kLossByPosition);
  EXPECT_EQ(result["positions"], Json({0, 2, 4, 6, 8, 10, 12, 14}));
  EXPECT_EQ(result["loss"].size(), 8U);
}

TEST(InContextCurve, FindsAModelThatSaysNothingNearestToZero) {
  Subject subject(SweepOf(kRegression, kTwoHeads));
  subject.Clear("head");
  const Json result = subject.Measure(ProbeKind::kInContextCurve);
  EXPECT_THAT(Numbers(result["baselines"]["zero"]["distance"]), Each(0.0));
  EXPECT_EQ(result["nearest"].size(), 8U);
  for (const Json& name : result["nearest"]) EXPECT_EQ(name, "zero");
  EXPECT_EQ(result["loss"].size(), 8U);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_NEAR(result["loss"][i].get<double>(),
                result["baselines"]["zero"]["loss"][i].get<double>(), 1e-6);
  }
  // From 0 to what ridge says is as far as ridge's prediction is large.
  EXPECT_GT(result["baselines"]["ridge"]["distance"][7].get<double>(), 0.1);
  EXPECT_EQ(result["baselines"]["ridge"]["distance"][0].get<double>(), 0.0);
}

TEST(InContextCurve, FindsAUniformModelNearestToUniform) {
  Subject subject(SweepOf(kMarkov, kUntied));
  subject.Clear("head");
  const Json result = subject.Measure(ProbeKind::kInContextCurve);
  for (const double distance :
       Numbers(result["baselines"]["uniform"]["distance"])) {
    EXPECT_NEAR(distance, 0.0, 1e-6);
  }
  for (const double loss : Numbers(result["baselines"]["uniform"]["loss"])) {
    EXPECT_NEAR(loss, std::log(4.0), 1e-12);
  }
  for (const double loss : Numbers(result["loss"])) {
    EXPECT_NEAR(loss, std::log(4.0), 1e-6);
  }
}

TEST(InContextCurve, MeasuresTheDivergenceFromPredictionsThatAreHandedIn) {
  Subject subject(SweepOf(kMarkov, kTwoHeads));
  // The model is given the baseline's own probabilities.
  const auto bigram = subject.task().MakeBaseline(2);
  ExampleBuffer buffer(subject.task().shape());
  ProbeBatch batch = subject.BatchOf(0, 1);
  std::vector<double> p(16 * 4);
  subject.task().ReadEval(0, buffer[0]);
  bigram->Predict(buffer[0], p);
  batch.outputs = at::tensor(p).log().to(at::kFloat).view({1, 16, 4});
  const auto probe = MakeInContextCurve(subject.subject());
  probe->Take(batch);
  const Json result = probe->Result();
  for (const double distance :
       Numbers(result["baselines"]["bigram"]["distance"])) {
    EXPECT_NEAR(distance, 0.0, 1e-6);
  }
  EXPECT_EQ(result["nearest"][15], "bigram");
}

TEST(Metrics, OfAUniformModelAreThoseOfAGuess) {
  Subject subject(SweepOf(kMarkov, kUntied));
  subject.Clear("head");
  const Json result = subject.Measure(ProbeKind::kMetrics);
  EXPECT_EQ(result["examples"], 6);
  EXPECT_EQ(result["positions"], 96);
  EXPECT_NEAR(result["resolution"].get<double>(), 1.0 / 6.0, 1e-12);
  EXPECT_NEAR(result["probability"]["mean"].get<double>(), 0.25, 1e-6);
  EXPECT_NEAR(result["probability"]["std_error"].get<double>(), 0.0, 1e-6);
  EXPECT_NEAR(result["brier"]["mean"].get<double>(), 0.75, 1e-6);
}

/// What metrics makes of one recall-like example with these most probable
/// tokens, where `right` are the targets and those that count.
Json MetricsOf(const std::vector<std::int64_t>& best,
               const std::vector<std::int64_t>& right,
               const std::vector<double>& counts) {
  Subject subject(SweepOf(kMarkov, kTwoHeads));
  const auto positions = static_cast<std::int64_t>(best.size());
  at::Tensor outputs = at::zeros({1, positions, 4});
  for (std::int64_t t = 0; t < positions; ++t) {
    outputs[0][t][best[static_cast<std::size_t>(t)]] = 50.0;
  }
  ProbeBatch batch;
  batch.batch.targets = at::tensor(right).view({1, positions});
  batch.outputs = outputs;
  batch.losses = at::zeros({1, positions}, at::kDouble);
  batch.counts = at::tensor(counts, at::kDouble).view({1, positions});
  const auto probe = MakeMetrics(subject.subject());
  probe->Take(batch);
  return probe->Result();
}

TEST(Metrics, CountOnlyWhatCounts) {
  const Json result = MetricsOf({0, 1, 2, 3}, {0, 3, 2, 1}, {1, 0, 1, 0});
  EXPECT_EQ(result["exact_match"]["mean"], 1.0);
  EXPECT_EQ(result["token_accuracy"]["mean"], 1.0);
  EXPECT_EQ(result["edit_distance"]["mean"], 0.0);
  EXPECT_NEAR(result["brier"]["mean"].get<double>(), 0.0, 1e-12);
}

TEST(Metrics, TellAShiftedAnswerFromAWrongOne) {
  // One deletion and one insertion where three of four tokens are wrong.
  const Json shifted = MetricsOf({1, 2, 3, 0}, {0, 1, 2, 3}, {1, 1, 1, 1});
  EXPECT_EQ(shifted["exact_match"]["mean"], 0.0);
  EXPECT_EQ(shifted["token_accuracy"]["mean"], 0.0);
  EXPECT_EQ(shifted["edit_distance"]["mean"], 0.5);
  const Json wrong = MetricsOf({3, 3, 3, 3}, {0, 1, 2, 2}, {1, 1, 1, 1});
  EXPECT_EQ(wrong["edit_distance"]["mean"], 1.0);
  EXPECT_NEAR(wrong["brier"]["mean"].get<double>(), 2.0, 1e-9);
}

TEST(Metrics, OfPartsAddUpToTheWhole) {
  Subject subject(SweepOf(R"({"kind": "skills", "length": 3})",
                          R"({"context": 4, "layers": 1, "heads": 2})"));
  const Json result = subject.Measure(ProbeKind::kMetrics);
  const Json& seen = result["parts"]["seen"];
  const Json& unseen = result["parts"]["unseen"];
  EXPECT_EQ(result["examples"], 6);
  EXPECT_EQ(seen["examples"], 3);
  EXPECT_EQ(unseen["examples"], 3);
  EXPECT_NEAR(result["probability"]["mean"].get<double>(),
              0.5 * (seen["probability"]["mean"].get<double>() +
                     unseen["probability"]["mean"].get<double>()),
              1e-12);
}

TEST(GradientReach, IsTheNormOfTheGradient) {
  for (const char* model : {R"({"context": 16, "layers": 1, "heads": 2})",
                            R"({"context": 16, "architecture": "lstm"})",
                            R"({"context": 16, "architecture": "gru"})"}) {
    SCOPED_TRACE(model);
    Subject subject(SweepOf(kMarkov, model), at::kDouble);
    const auto probe = MakeGradientReach(subject.subject());
    const ProbeBatch batch = subject.BatchOf(3, 1);
    probe->Take(batch);
    const Json result = probe->Result();
    ASSERT_EQ(result["distance"].size(), 16U);
    // By differences, along every axis of the embedded input.
    const at::NoGradGuard no_grad;
    const auto last_loss = [&](const at::Tensor& embedded) {
      return subject.model()
          .LossesOf(subject.model().OutputsOf(embedded), batch.batch)[0][15]
          .item<double>();
    };
    const at::Tensor embedded = subject.model().Embed(batch.batch.inputs);
    for (const std::int64_t distance : {0, 1, 9}) {
      double squares = 0.0;
      for (std::int64_t axis = 0; axis < 8; ++axis) {
        constexpr double kStep = 1e-4;
        at::Tensor moved = embedded.clone();
        moved[0][15 - distance][axis] += kStep;
        const double above = last_loss(moved);
        moved[0][15 - distance][axis] -= 2.0 * kStep;
        const double slope = (above - last_loss(moved)) / (2.0 * kStep);
        squares += slope * slope;
      }
      const double norm =
          result["gradient_norm"][static_cast<std::size_t>(distance)]
              .get<double>();
      EXPECT_NEAR(norm, std::sqrt(squares), 1e-6 + 1e-4 * norm) << distance;
    }
  }
}

TEST(GradientReach, LeavesTheGradientsOfTheWeightsAlone) {
  Subject subject(SweepOf(kMarkov, kTwoHeads));
  subject.model().parameters().gradients().zero_();
  subject.Measure(ProbeKind::kGradientReach);
  EXPECT_EQ(subject.model().parameters().gradients().abs().max().item<double>(),
            0.0);
}

TEST(GradientReach, BeginsAtTheLastPositionThatCounts) {
  Subject subject(SweepOf(kRegression, kTwoHeads));
  const Json result = subject.Measure(ProbeKind::kGradientReach);
  // The last x is followed by its y, which does not count.
  EXPECT_EQ(result["distance"].size(), 15U);
}

TEST(Attention, OfEqualScoresIsSpreadOverAllThatIsSeen) {
  Subject subject(SweepOf(kMarkov, kTwoHeads));
  subject.Clear(InLayer(0, "qkv"));
  const Json result = subject.Measure(ProbeKind::kAttention);
  ASSERT_EQ(result["layers"].size(), 2U);
  double entropy = 0.0;
  double previous = 0.0;
  for (int t = 0; t < 16; ++t) {
    entropy += std::log(t + 1.0) / 16.0;
    if (t > 0) previous += 1.0 / (t + 1.0) / 15.0;
  }
  for (const Json& head : result["layers"][0]["heads"]) {
    EXPECT_NEAR(head["entropy"].get<double>(), entropy, 1e-5);
    EXPECT_NEAR(head["previous"].get<double>(), previous, 1e-6);
  }
}

TEST(Attention, FindsTheValueOfRecallAmongEqualScores) {
  Subject subject(SweepOf(
      R"({"kind": "recall", "pairs": 4, "keys": 8, "values": 4})", kTwoHeads));
  subject.Clear(InLayer(0, "qkv"));
  const Json result = subject.Measure(ProbeKind::kAttention);
  const Json& head = result["layers"][0]["heads"][0];
  // One key, and one value after it, of 9 to 16 positions.
  EXPECT_NEAR(head["same"].get<double>(), head["induction"].get<double>(),
              1e-9);
  EXPECT_GT(head["induction"].get<double>(), 1.0 / 16.0);
  EXPECT_LT(head["induction"].get<double>(), 1.0 / 9.0);
}

TEST(Attention, OfVectorsKnowsNoTokens) {
  Subject subject(SweepOf(kRegression, kTwoHeads));
  const Json result = subject.Measure(ProbeKind::kAttention);
  const Json& head = result["layers"][1]["heads"][1];
  EXPECT_TRUE(head.contains("entropy"));
  EXPECT_TRUE(head.contains("previous"));
  EXPECT_FALSE(head.contains("induction"));
}

}  // namespace
}  // namespace isoflop
