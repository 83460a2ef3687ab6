#include "lib/sweep/run_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

#include "lib/core/hash.h"
#include "lib/core/json_diff.h"
#include "lib/data/lexicon.h"
#include "lib/data/text_task.h"
#include "tests/support/temp_dir.h"
#include "tests/sweep/tiny_sweep.h"

namespace isoflop {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::MatchesRegex;

std::vector<std::string> Ids(const Plan& plan) {
  std::vector<std::string> ids;
  for (const RunGroup& group : plan.groups) {
    ids.push_back(group.id);
    for (const PlannedRun& run : group.runs) ids.push_back(run.id);
  }
  return ids;
}

/// Returns the value with the keys of all objects in reverse order.
Json Reversed(const Json& json) {
  if (json.is_array()) {
    Json array = Json::array();
    for (const Json& element : json) array.push_back(Reversed(element));
    return array;
  }
  if (!json.is_object()) return json;
  std::vector<std::string> keys;
  for (const auto& item : json.items()) keys.push_back(item.key());
  std::ranges::reverse(keys);
  Json object = Json::object();
  for (const auto& key : keys) object[key] = Reversed(json[key]);
  return object;
}

using Change = std::pair<const char*, std::function<void(RunGroup*)>>;

const std::vector<Change> kResultChanging = {
    {"d_model", [](RunGroup* g) { g->shape.d_model = 10; }},
    {"layers", [](RunGroup* g) { g->shape.layers = 3; }},
    {"heads", [](RunGroup* g) { g->shape.heads = 4; }},
    {"context", [](RunGroup* g) { g->shape.context = 64; }},
    {"vocab_size", [](RunGroup* g) { g->shape.vocab_size = 40; }},
    {"d_ff", [](RunGroup* g) { g->shape.d_ff = 33; }},
    {"ffn", [](RunGroup* g) { g->shape.ffn = FfnKind::kGelu; }},
    {"norm", [](RunGroup* g) { g->shape.norm = NormKind::kLayer; }},
    {"position", [](RunGroup* g) { g->shape.position = Position::kLearned; }},
    {"rotary_base", [](RunGroup* g) { g->shape.rotary_base = 50.0; }},
    {"tied", [](RunGroup* g) { g->shape.tied_embeddings = false; }},
    {"batch_tokens", [](RunGroup* g) { g->training.batch_tokens = 512; }},
    {"peak_lr", [](RunGroup* g) { g->training.peak_lr = 0.004; }},
    {"lr_scaling",
     [](RunGroup* g) { g->training.lr_scaling = LrScaling::kNone; }},
    {"reference", [](RunGroup* g) { g->training.reference_d_model = 16; }},
    {"warmup_steps", [](RunGroup* g) { g->training.warmup_steps = 21; }},
    {"schedule",
     [](RunGroup* g) { g->training.schedule = ScheduleKind::kConstant; }},
    {"cooldown", [](RunGroup* g) { g->training.cooldown_fraction = 0.3; }},
    {"beta1", [](RunGroup* g) { g->training.beta1 = 0.8; }},
    {"beta2", [](RunGroup* g) { g->training.beta2 = 0.99; }},
    {"epsilon", [](RunGroup* g) { g->training.epsilon = 1e-7; }},
    {"weight_decay", [](RunGroup* g) { g->training.weight_decay = 0.0; }},
    {"clip_norm", [](RunGroup* g) { g->training.clip_norm = 2.0; }},
    {"precision",
     [](RunGroup* g) { g->training.precision = Precision::kBf16; }},
    {"optimizer",
     [](RunGroup* g) { g->training.optimizer = OptimizerKind::kSgd; }},
    {"data kind",
     [](RunGroup* g) { g->data.task = std::make_shared<TextConfig>(); }},
    {"fingerprint", [](RunGroup* g) { g->data_fingerprint = "ab"; }},
    {"eval_tokens", [](RunGroup* g) { g->data.eval_tokens = 2048; }},
    {"seed", [](RunGroup* g) { g->seed = 5; }},
};

const std::vector<Change> kWithoutResult = {
    {"micro batch", [](RunGroup* g) { g->training.micro_batch_tokens = 64; }},
    {"log interval", [](RunGroup* g) { g->training.log_every_steps = 7; }},
    {"checkpoint interval",
     [](RunGroup* g) { g->training.checkpoint_every_seconds = 1.0; }},
    {"cosine's end", [](RunGroup* g) { g->training.final_lr_fraction = 0.5; }},
    {"words",
     [](RunGroup* g) {  // which the fingerprint stands for
       g->data.task = std::make_shared<LexiconConfig>();
     }},
    {"epochs allowed", [](RunGroup* g) { g->data.max_epochs = 9; }},
    {"convention",
     [](RunGroup* g) { g->convention = ParamsConvention::kNonEmbedding; }},
    {"name of the setting",
     [](RunGroup* g) {
       g->variant = {{"a", 1}};
     }},
    {"note", [](RunGroup* g) { g->shape_note = "chosen"; }},
    {"other runs", [](RunGroup* g) { g->runs.pop_back(); }},
};

TEST(RunIdentity, ChangesWithEverythingThatChangesAResult) {
  std::set<std::string> seen = {CanonicalText(RunIdentity(TinyGroup(), 100)),
                                CanonicalText(RunIdentity(TinyGroup(), 101))};
  for (const auto& [name, change] : kResultChanging) {
    RunGroup group = TinyGroup();
    change(&group);
    EXPECT_TRUE(seen.insert(CanonicalText(RunIdentity(group, 100))).second)
        << name;
    EXPECT_NE(IdMaker(group).GroupId(group), TinyGroup().id) << name;
  }
}

TEST(IdMaker, HashesTheCanonicalTextOfTheIdentity) {
  RunGroup group = TinyGroup();
  const IdMaker ids(group);
  for (const std::int64_t seed : {0, 7, 1234567}) {
    group.seed = seed;
    const PlannedRun& run = group.runs.front();
    const Json identity = RunIdentity(group, run.steps);
    EXPECT_THAT(
        ids.RunId(group, run),
        EndsWith("-" + Sha256Hex(CanonicalText(identity)).substr(0, 12)));
    Json of_group = identity;
    of_group.erase("steps");
    EXPECT_THAT(
        ids.GroupId(group),
        EndsWith("-" + Sha256Hex(CanonicalText(of_group)).substr(0, 12)));
  }
}

TEST(RunIdentity, IgnoresWhatChangesNoResult) {
  for (const auto& [name, change] : kWithoutResult) {
    RunGroup group = TinyGroup();
    change(&group);
    EXPECT_EQ(CanonicalText(RunIdentity(group, 100)),
              CanonicalText(RunIdentity(TinyGroup(), 100)))
        << name;
    EXPECT_EQ(IdMaker(group).GroupId(group), TinyGroup().id) << name;
  }
}

TEST(RunIdentity, SaysWhichFieldMadeAnIdDiffer) {
  RunGroup group = TinyGroup();
  group.training.peak_lr = 0.004;
  group.seed = 1;
  EXPECT_THAT(DiffJson(RunIdentity(TinyGroup(), 100), RunIdentity(group, 100)),
              ElementsAre("training.peak_lr: 0.005 -> 0.004", "seed: 0 -> 1"));
}

TEST(RunIdentity, HoldsNoNumberThatTextCannotHold) {
  const Json identity = RunIdentity(TinyGroup(), 100);
  EXPECT_EQ(CanonicalText(ParseJson(identity.dump(), "identity")),
            CanonicalText(identity));
}

TEST(Ids, AreTheSameForTheSameSweep) {
  EXPECT_EQ(Ids(PlanOf(TinySweep())), Ids(PlanOf(TinySweep())));
}

TEST(Ids, DoNotDependOnTheOrderOfKeys) {
  EXPECT_EQ(Ids(PlanOf(Reversed(TinySweep()))), Ids(PlanOf(TinySweep())));
}

TEST(Ids, DoNotDependOnTheNameOfTheSweep) {
  EXPECT_EQ(Ids(PlanOf(TinySweepWith("/name", "other"))),
            Ids(PlanOf(TinySweep())));
}

TEST(Ids, DoNotDependOnDefaultsBeingWrittenOut) {
  EXPECT_EQ(Ids(PlanOf(TinySweepWith("/training/beta2", 0.95))),
            Ids(PlanOf(TinySweep())));
}

TEST(Ids, DoNotDependOnWhereTheTextLies) {
  const std::string text(200'000, 'x');
  const auto plan_in = [&text](const TempDir& dir) {
    return PlanOf(
        TinySweepWith("/data", {{"kind", "text"},
                                {"paths", {dir.Write("a.txt", text).string()}},
                                {"eval_tokens", 1024}}));
  };
  const TempDir here;
  const TempDir there;
  EXPECT_EQ(Ids(plan_in(here)), Ids(plan_in(there)));
}

TEST(Ids, OfOldRunsStayWhenTheGridGrows) {
  const auto before = Ids(PlanOf(TinySweep()));
  Json json = TinySweep();
  json["grid"]["tokens"].push_back(204800);
  json["grid"]["sizes"].push_back({{"d_model", 32}});
  json["seeds"].push_back(2);
  const auto after = Ids(PlanOf(json));
  for (const auto& id : before) EXPECT_THAT(after, ::testing::Contains(id));
}

TEST(Ids, AreUnique) {
  const auto ids = Ids(PlanOf(TinySweep()));
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
}

TEST(Ids, ReadAsDirectoryNames) {
  const RunGroup group = TinyGroup();
  EXPECT_THAT(group.id, MatchesRegex("d8-l1-s0-[0-9a-f]+"));
  EXPECT_EQ(group.id.size(), std::string("d8-l1-s0-").size() + 12);
  EXPECT_THAT(group.runs[2].id, MatchesRegex("d8-l1-D102k-s0-[0-9a-f]+"));
  for (const auto& id : Ids(PlanOf(TinySweep()))) {
    EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ"
                                   "RSTUVWXYZ0123456789.-"),
              std::string::npos);
  }
}

// A change here means that finished sweeps cannot be resumed any more: raise
// kSemanticsVersion only when results change, and then change these.
TEST(Ids, AreWhatTheyWereInEarlierVersions) {
  RunGroup group = TinyGroup();
  group.data_fingerprint = "of the data";
  EXPECT_EQ(IdMaker(group).GroupId(group), "d8-l1-s0-2081b8576667");
  EXPECT_EQ(IdMaker(group).RunId(group, group.runs[0]),
            "d8-l1-D25.6k-s0-802260866d03");
}

}  // namespace
}  // namespace isoflop
