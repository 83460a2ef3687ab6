// Probes of what stands within a model, and of what it costs.

#include <ATen/ops/max.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "tests/probe/probe_subject.h"

namespace isoflop {
namespace {

using testing::Each;
using testing::Gt;

constexpr const char* kLexicon =
    R"({"kind": "lexicon", "vocab_size": 16, "words": 32, "word_length": 4})";
constexpr const char* kStrings =
    R"({"kind": "lexicon", "vocab_size": 16, "words": 32, "word_length": 4,
        "zipf_exponent": 0})";
constexpr const char* kSkills =
    R"({"kind": "skills", "symbols": 4, "skills": 3, "length": 3})";
constexpr const char* kShort = R"({"context": 4, "layers": 2, "heads": 2})";

TEST(LayerParts, EndInWhatTheHeadReads) {
  Subject subject(SweepOf(kLexicon, kTwoHeads));
  const at::NoGradGuard no_grad;
  const at::Tensor inputs = subject.BatchOf(0, 2).batch.inputs;
  const auto streams = subject.model().PartOfLayers(inputs, LayerPart::kStream);
  ASSERT_EQ(streams.size(), 2U);
  const at::Tensor& last = streams.back();
  const at::Tensor norm = (last * last).mean(-1, true).add(1e-6).rsqrt() * last;
  const at::Tensor outputs = norm.matmul(
      subject.model().parameters().Find("embedding").transpose(0, 1));
  EXPECT_TRUE(
      at::allclose(outputs, subject.model().Outputs(inputs), 1e-4, 1e-5));
  const auto activations =
      subject.model().PartOfLayers(inputs, LayerPart::kActivation);
  ASSERT_EQ(activations.size(), 2U);
  EXPECT_EQ(activations[0].size(2), 32);
  // Squared after relu.
  EXPECT_GE(activations[0].min().item<float>(), 0.0F);
}

TEST(HeadGeometry, FindsTheSameSubspaceAndRightAngles) {
  Subject subject(SweepOf(kLexicon, kTwoHeads));  // two heads of four of eight
  const at::NoGradGuard no_grad;
  Parameters& parameters = subject.model().parameters();
  at::Tensor qkv = parameters.Find("layer0.qkv");
  qkv.narrow(0, 4, 4).copy_(2.0 * qkv.narrow(0, 0, 4));  // queries
  qkv.narrow(0, 8, 8).zero_();
  for (int row = 0; row < 8; ++row) qkv[8 + row][row] = 1.0;  // keys
  const Json layer = subject.Measure(ProbeKind::kHeadGeometry)["layers"][0];
  EXPECT_NEAR(layer["queries"]["overlap"].get<double>(), 1.0, 1e-9);
  for (const double angle : Numbers(layer["queries"]["angles"])) {
    EXPECT_NEAR(angle, 0.0, 1e-3);
  }
  EXPECT_NEAR(layer["keys"]["overlap"].get<double>(), 0.0, 1e-12);
  for (const double angle : Numbers(layer["keys"]["angles"])) {
    EXPECT_NEAR(angle, std::numbers::pi / 2.0, 1e-9);
  }
  EXPECT_EQ(layer["values"]["random"], 0.5);
  EXPECT_EQ(layer["writes"]["angles"].size(), 4U);
}

TEST(HeadGeometry, TakesGroupsOfKeysAndGainsAsTheyAre) {
  Subject subject(SweepOf(kLexicon, R"({"context": 16, "layers": 1, "heads": 4,
                                        "kv_heads": 2})"));
  Json layer = subject.Measure(ProbeKind::kHeadGeometry)["layers"][0];
  EXPECT_EQ(layer["queries"]["angles"].size(), 2U);
  EXPECT_EQ(layer["keys"]["random"], 0.25);
  // With a gain that lets one axis through, all read that axis.
  const at::NoGradGuard no_grad;
  at::Tensor gain =
      subject.model().parameters().Find("layer0.attention_norm.gain");
  gain.zero_();
  gain[0] = 1.0;
  gain[1] = 1.0;
  layer = subject.Measure(ProbeKind::kHeadGeometry)["layers"][0];
  EXPECT_NEAR(layer["queries"]["overlap"].get<double>(), 1.0, 1e-6);
  EXPECT_LT(layer["writes"]["overlap"].get<double>(), 0.9);
}

TEST(HeadGeometry, LeavesOutDirectionsThatThereAreNot) {
  Subject subject(SweepOf(kLexicon, kTwoHeads));
  const at::NoGradGuard no_grad;
  at::Tensor qkv = subject.model().parameters().Find("layer0.qkv");
  qkv[1].copy_(qkv[0]);         // of the first head's queries two are the same
  qkv.narrow(0, 8, 4).zero_();  // and its keys are none
  const Json layer = subject.Measure(ProbeKind::kHeadGeometry)["layers"][0];
  EXPECT_EQ(layer["queries"]["angles"].size(), 3U);
  EXPECT_FALSE(layer.contains("keys"));
  EXPECT_EQ(layer["values"]["angles"].size(), 4U);
}

TEST(HeadGeometry, SaysNothingOfASingleHead) {
  Subject subject(SweepOf(kLexicon, R"({"context": 16, "heads": 1})"));
  const Json result = subject.Measure(ProbeKind::kHeadGeometry);
  ASSERT_EQ(result["layers"].size(), 2U);
  EXPECT_TRUE(result["layers"][0].empty());
}

/// The shares of keys whose value says the token that follows where they are
/// activated most, layer by layer and key by key.
void ExpectMemoriesOf(const std::string& model) {
  SCOPED_TRACE(model);
  Subject subject(SweepOf(kLexicon, model));
  const at::NoGradGuard no_grad;
  Parameters& parameters = subject.model().parameters();
  at::Tensor gain = parameters.Find("final_norm.gain");
  for (std::int64_t i = 0; i < gain.size(0); ++i) {
    gain[i] = 0.2 + static_cast<double>(i % 3);
  }
  subject.model().WeightsChanged();
  const Json result = subject.Measure(ProbeKind::kFfnMemory);
  ASSERT_EQ(result["layers"].size(), 2U);
  const ProbeBatch all = subject.BatchOf(0, 6);
  const auto activations =
      subject.model().PartOfLayers(all.batch.inputs, LayerPart::kActivation);
  at::Tensor head = parameters.Find("head");
  if (!head.defined()) head = parameters.Find("embedding");
  const bool centred = parameters.Find("final_norm.bias").defined();
  for (std::int64_t layer = 0; layer < 2; ++layer) {
    const at::Tensor& activation = activations[static_cast<std::size_t>(layer)];
    const at::Tensor proj = parameters.Find(InLayer(layer, "proj"));
    const std::int64_t keys = activation.size(2);
    double agreeing = 0.0;
    int active = 0;
    for (std::int64_t key = 0; key < keys; ++key) {
      float most = 0.0F;
      std::int64_t next = -1;
      for (std::int64_t i = 0; i < 6; ++i) {
        for (std::int64_t t = 0; t < 16; ++t) {
          const auto here = activation[i][t][key].item<float>();
          if (here <= most) continue;
          most = here;
          next = all.batch.targets[i][t].item<std::int64_t>();
        }
      }
      if (next < 0) continue;
      ++active;
      at::Tensor value = proj.select(1, key);
      if (centred) value = value - value.mean();
      const at::Tensor logits = head.matmul(gain * value);
      agreeing += logits.argmax().item<std::int64_t>() == next ? 1.0 : 0.0;
    }
    const Json& json = result["layers"][static_cast<std::size_t>(layer)];
    EXPECT_EQ(json["keys"], active);
    EXPECT_EQ(json["never_active"], keys - active);
    EXPECT_NEAR(json["agreement"]["mean"].get<double>(), agreeing / active,
                1e-12);
    const Json& strongest = json["strongest"];
    ASSERT_EQ(strongest.size(), 8U);
    EXPECT_GE(strongest[0]["activation"].get<double>(),
              strongest[1]["activation"].get<double>());
    EXPECT_LE(strongest[0]["prefix"].size(), 8U);
  }
}

TEST(FfnMemory, FindsTheTokenAfterTheStrongestActivation) {
  ExpectMemoriesOf(kTwoHeads);
  ExpectMemoriesOf(R"({"context": 16, "layers": 2, "heads": 2, "norm": "layer",
                       "ffn": "relu", "tied_embeddings": false})");
  ExpectMemoriesOf(R"({"context": 16, "layers": 2, "heads": 2, "kv_heads": 1,
                       "ffn": "swiglu"})");
}

TEST(FfnMemory, LeavesOutKeysThatAreNeverActive) {
  Subject subject(SweepOf(kLexicon, kTwoHeads));
  subject.Clear(InLayer(1, "fc"));
  const Json layer = subject.Measure(ProbeKind::kFfnMemory)["layers"][1];
  EXPECT_EQ(layer["keys"], 0);
  EXPECT_EQ(layer["never_active"], 32);
  EXPECT_FALSE(layer.contains("agreement"));
}

TEST(Capacity, IsMinusABitATokenForAGuessAmongTwiceAsMany) {
  Subject subject(SweepOf(kStrings, kUntied));
  subject.Clear("head");
  const Json result = subject.Measure(ProbeKind::kCapacity);
  // Sixteen tokens are guessed among where eight are possible.
  EXPECT_NEAR(result["bits"].get<double>(), -32.0 * 4.0, 1e-3);
  EXPECT_NEAR(result["std_error"].get<double>(), 0.0, 1e-3);
  // Three bits a token, less the five that say which string it is.
  EXPECT_NEAR(result["available"].get<double>(), 32.0 * (12.0 - 5.0), 1e-9);
}

TEST(EffectiveDimension, IsThatOfTheGradientsOfSingleExamples) {
  Subject subject(SweepOf(kLexicon, kTwoHeads));
  const Json result = subject.Measure(ProbeKind::kEffectiveDimension);
  EXPECT_EQ(result["examples"], 6);
  std::vector<at::Tensor> gradients;
  Parameters& parameters = subject.model().parameters();
  for (std::int64_t i = 0; i < 6; ++i) {
    parameters.gradients().zero_();
    subject.model().AddGradient(subject.BatchOf(i, 1).batch, 1.0);
    gradients.push_back(parameters.gradients().to(at::kDouble));
  }
  double traces = 0.0;
  double overlaps = 0.0;
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < 6; ++j) {
      if (i == j) continue;
      const auto product = gradients[i].dot(gradients[j]).item<double>();
      overlaps += product * product;
      traces += gradients[i].dot(gradients[i]).item<double>() *
                gradients[j].dot(gradients[j]).item<double>();
    }
  }
  EXPECT_NEAR(result["participation"].get<double>() / (traces / overlaps), 1.0,
              1e-3);
  const auto spectrum = Numbers(result["spectrum"]);
  ASSERT_EQ(spectrum.size(), 6U);
  double sum = 0.0;
  for (const double share : spectrum) sum += share;
  EXPECT_NEAR(sum, 1.0, 1e-6);
  EXPECT_GE(spectrum[0], spectrum[1]);
}

TEST(EffectiveDimension, LeavesTheGradientsOfTrainingAlone) {
  Subject subject(SweepOf(kRegression, kTwoHeads));
  at::Tensor gradients = subject.model().parameters().gradients();
  gradients.fill_(3.0);
  const Json result = subject.Measure(ProbeKind::kEffectiveDimension);
  EXPECT_EQ(gradients.min().item<float>(), 3.0F);
  EXPECT_EQ(gradients.max().item<float>(), 3.0F);
  EXPECT_GT(result["participation"].get<double>(), 0.0);
}

TEST(Disentanglement, ReadsTheTokenThatStandsThere) {
  Json json = SweepOf(kSkills, kShort);
  json["data"]["eval_tokens"] = 800;
  Subject subject(json);
  const auto probe = MakeDisentanglement(subject.subject());
  probe->Take(subject.BatchOf(0, 200));
  const Json result = probe->Result();
  EXPECT_EQ(result["examples"], 200);
  EXPECT_EQ(result["factors"]["symbol"]["values"], 4);
  // The last skill is the token at the last position, so its embedding.
  const Json& last = result["factors"]["skill 3"]["layers"][0];
  EXPECT_GT(last["linear"].get<double>(), 0.9);
  EXPECT_GT(last["direction"].get<double>(), 0.8);
  EXPECT_LE(last["overlap"].get<double>(), 1.0);
  const Json& first = result["factors"]["symbol"]["layers"][0];
  EXPECT_LT(first["linear"].get<double>(), last["linear"].get<double>());
}

TEST(SecondsPerToken, AreOfWindowsOfEveryLength) {
  for (const char* model :
       {R"({"context": 16, "layers": 1, "heads": 2, "position": "learned"})",
        R"({"context": 16, "architecture": "lstm", "layers": 1})"}) {
    Subject subject(SweepOf(kRegression, model));
    const Json result = subject.Measure(ProbeKind::kSecondsPerToken);
    EXPECT_EQ(result["lengths"], Json({16, 32, 64, 128, 256, 512, 1024}));
    EXPECT_THAT(Numbers(result["forward"]), Each(Gt(0.0)));
    EXPECT_THAT(Numbers(result["training"]), Each(Gt(0.0)));
  }
}

}  // namespace
}  // namespace isoflop
