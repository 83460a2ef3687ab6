#include "lib/sweep/vary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/sweep/tiny_sweep.h"

namespace isoflop {
namespace {

using ::testing::SizeIs;

TEST(Vary, GivesOneVariantWithoutSettingsWhenNothingVaries) {
  const SweepSpec spec = Parse(TinySweep());
  EXPECT_THAT(spec.variants, SizeIs(1));
  EXPECT_EQ(spec.variants[0].settings, Json::object());
}

TEST(Vary, GivesEveryCombinationTheLastAxisFastest) {
  Json json = TinySweep();
  json["vary"] = {{"model.position", {"rotary", "none"}},
                  {"training.peak_lr", {0.1, 0.2, 0.3}}};
  const SweepSpec spec = Parse(json);
  ASSERT_THAT(spec.variants, SizeIs(6));
  EXPECT_EQ(spec.variants[1].model.position, Position::kRotary);
  EXPECT_EQ(spec.variants[1].training.peak_lr, 0.2);
  EXPECT_EQ(spec.variants[3].model.position, Position::kNone);
  EXPECT_EQ(spec.variants[3].training.peak_lr, 0.1);
  EXPECT_EQ(spec.variants[3].settings.dump(),
            R"({"model.position":"none","training.peak_lr":0.1})");
}

TEST(Vary, ReachesNestedKeysAndSectionsThatTheFileLacks) {
  Json json = TinySweep();
  json.erase("training");
  json["vary"]["training.schedule.kind"] = {"wsd", "cosine"};
  const SweepSpec spec = Parse(json);
  EXPECT_EQ(spec.variants[0].training.schedule, ScheduleKind::kWsd);
  EXPECT_EQ(spec.variants[1].training.schedule, ScheduleKind::kCosine);
}

TEST(Vary, ReachesTheData) {
  Json json = TinySweep();
  json["vary"]["data.zipf_exponent"] = {1.3, 1.5};
  EXPECT_EQ(ToJson(Parse(json).variants[1].data)["zipf_exponent"], 1.5);
}

TEST(Vary, MaySupplyWhatTheSectionLacks) {
  Json json = TinySweep();
  json["data"] = {{"kind", "tokens"}, {"train_paths", {"a.bin"}}};
  json["vary"]["data.vocab_size"] = {100, 200};
  EXPECT_EQ(ToJson(Parse(json).variants[1].data)["vocab_size"], 200);
}

TEST(Vary, ComplainsOnceOfWhatIsWrongWhateverVaries) {
  Json json = TinySweepWith("/training/beta1", 2);
  json["vary"]["model.position"] = {"rotary", "learned", "none"};
  try {
    Parse(json);
    FAIL() << "no Error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "a.json: training.beta1: must be from 0 to 0.999999, got 2");
  }
}

TEST(Vary, RefusesMoreCombinationsThanAnyoneMeans) {
  Json json = TinySweep();
  Json values = Json::array();
  for (int i = 1; i <= 101; ++i) values.push_back(i * 1e-4);
  json["vary"]["training.peak_lr"] = values;
  json["vary"]["training.weight_decay"] = values;
  EXPECT_ERROR(Parse(json), "a.json: vary: has more than 10000 combinations");
}

}  // namespace
}  // namespace isoflop
