#include "lib/sweep/sweep_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/sweep/tiny_sweep.h"

namespace isoflop {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(ParseSweep, NeedsOnlyNameDataAndGrid) {
  const SweepSpec spec = Parse(ParseJson(R"({
    "schema": "isoflop.sweep/1", "name": "least",
    "data": { "kind": "lexicon" },
    "grid": { "sizes": [ { "d_model": 32 } ], "budgets_flops": [1e12] } })",
                                         "least"));
  EXPECT_EQ(spec.name, "least");
  EXPECT_THAT(spec.seeds, ElementsAre(0));
  EXPECT_THAT(spec.variants, SizeIs(1));
  EXPECT_THAT(spec.grid.budgets_flops, ElementsAre(1e12));
  EXPECT_EQ(ToJson(spec.variants[0].training), ToJson(TrainingConfig{}));
}

TEST(ParseSweep, ReadsTheModelSection) {
  Json json = TinySweep();
  json["model"] = ParseJson(R"({
    "architecture": "transformer", "context": 64, "vocab_size": 128,
    "layers": 3, "heads": 4, "ffn_ratio": 2.5, "ffn": "swiglu",
    "norm": "layer", "position": "learned", "rotary_base": 5000,
    "tied_embeddings": false })",
                            "model");
  const ModelConfig model = Parse(json).variants[0].model;
  EXPECT_EQ(model.context, 64);
  EXPECT_EQ(model.vocab_size, 128);
  EXPECT_EQ(model.layers, 3);
  EXPECT_EQ(model.heads, 4);
  EXPECT_EQ(model.ffn_ratio, 2.5);
  EXPECT_EQ(model.ffn, FfnKind::kSwiglu);
  EXPECT_EQ(model.norm, NormKind::kLayer);
  EXPECT_EQ(model.position, Position::kLearned);
  EXPECT_EQ(model.rotary_base, 5000.0);
  EXPECT_FALSE(model.tied_embeddings);
}

TEST(ParseSweep, ReadsProbesAndClaim) {
  Json json = TinySweep();
  json["probes"] = {"metrics", "attention"};
  json["claim"] = "It does.";
  json["vary"] = {{"model.position", {"none", "rotary"}}};
  json["expect"] = ParseJson(R"([
    { "that": "low", "value": "loss", "at_most": 2,
      "of": { "model.position": "none", "d_model": 8 } },
    { "that": "near", "value": "probes.metrics.b[-1]", "relative_to": "train_loss",
      "at_least": 0.9, "at_most": 1.1 } ])",
                             "expect");
  const SweepSpec spec = Parse(json);
  EXPECT_THAT(spec.probes,
              ElementsAre(ProbeKind::kMetrics, ProbeKind::kAttention));
  EXPECT_EQ(spec.claim.text, "It does.");
  ASSERT_THAT(spec.claim.expectations, SizeIs(2));
  EXPECT_EQ(spec.claim.expectations[0].of["model.position"], "none");
  EXPECT_EQ(spec.claim.expectations[0].at_most, 2.0);
  EXPECT_FALSE(spec.claim.expectations[0].at_least);
  EXPECT_EQ(spec.claim.expectations[1].relative_to, "train_loss");
  EXPECT_EQ(PlanOf(json).groups.front().probes, spec.probes);
}

TEST(ParseSweep, ScalesEveryLength) {
  Json json = TinySweep();
  json["grid"]["sizes"][0]["tokens"] = {2560};
  json["grid"]["tokens_range"] = {1000, 1e6};
  json["claim"] = "It does.";
  json["expect"] = {{{"that", "it"},
                     {"value", "loss"},
                     {"at_most", 1},
                     {"of", {{"tokens", 25600}}}}};
  const SweepSpec spec =
      ParseSweep(json, "a.json", {.data_paths = {}, .scale = 2.5});
  EXPECT_THAT(spec.grid.tokens, ElementsAre(64000, 128000, 256000));
  EXPECT_THAT(spec.grid.sizes[0].tokens, ElementsAre(6400));
  EXPECT_EQ(spec.given["grid"]["tokens"], Json({64000, 128000, 256000}));
  EXPECT_EQ(spec.grid.tokens_range->at(1), 2.5e6);
  EXPECT_EQ(spec.claim.expectations[0].of["tokens"], 64000);
  json["grid"].erase("tokens_range");
  json["grid"].erase("tokens");
  json["grid"]["sizes"][0].erase("tokens");
  json["grid"]["budgets_flops"] = {1e9};
  EXPECT_THAT(ParseSweep(json, "a.json", {.data_paths = {}, .scale = 10.0})
                  .grid.budgets_flops,
              ElementsAre(1e10));
}

TEST(ParseSweep, RefusesWhatWasNotGoodBeforeItWasScaled) {
  for (const Json& tokens :
       {Json("many"), Json({"many"}), Json(3), Json({1.25}), Json({1e18})}) {
    Json json = TinySweep();
    json["grid"]["tokens"] = tokens;
    EXPECT_ERROR(ParseSweep(json, "a.json", {.data_paths = {}, .scale = 2.0}),
                 "a.json: grid.tokens");
  }
}

TEST(ParseSweep, ReadsTheGridSection) {
  Json json = TinySweep();
  json["grid"] = ParseJson(R"({
    "sizes": [ { "d_model": 16, "layers": 3, "heads": 4 },
               { "params_non_embedding": 20e3, "heads": 1 } ],
    "tokens_per_param": [5, 20], "tokens_range": [1e3, 1e6],
    "tokens_per_param_range": [1, 100], "params": "non_embedding",
    "aspect_ratio": 8 })",
                           "grid");
  const GridConfig grid = Parse(json).grid;
  EXPECT_EQ(grid.sizes[0].layers, 3);
  EXPECT_EQ(grid.sizes[0].heads, 4);
  EXPECT_EQ(grid.sizes[1].params_non_embedding, 20e3);
  EXPECT_THAT(grid.tokens_per_param, ElementsAre(5.0, 20.0));
  EXPECT_THAT(*grid.tokens_range, ElementsAre(1e3, 1e6));
  EXPECT_THAT(*grid.tokens_per_param_range, ElementsAre(1.0, 100.0));
  EXPECT_EQ(grid.params, ParamsConvention::kNonEmbedding);
  EXPECT_EQ(grid.aspect_ratio, 8.0);
}

TEST(ParseSweep, ReadsBackWhatWasGiven) {
  const SweepSpec spec = Parse(TinySweep());
  EXPECT_EQ(spec.given, TinySweep());
  EXPECT_EQ(Parse(ParseJson(spec.given.dump(), "again")).given, spec.given);
}

TEST(ParseSweep, ReadsAFileWithComments) {
  const TempDir dir;
  const auto path =
      dir.Write("commented.json", "// why\n" + TinySweep().dump() + "\n// end");
  EXPECT_EQ(LoadSweep(path).given, TinySweep());
}

/// The data's paths of a sweep file in "sweeps", given `paths` in it.
Json LoadedPaths(const TempDir& dir, const Json& paths,
                 const SweepOverrides& overrides = {}) {
  Json json = TinySweepWith("/data", {{"kind", "text"}, {"paths", paths}});
  std::filesystem::create_directories(dir / "sweeps");
  const auto path = dir.Write("sweeps/a.json", json.dump());
  return LoadSweep(path, overrides).given["data"]["paths"];
}

/// As long as it lives, another directory is the working directory.
class WorkingDirectory {
 public:
  explicit WorkingDirectory(const std::filesystem::path& path)
      : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(path);
  }
  ~WorkingDirectory() { std::filesystem::current_path(before_); }
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;

 private:
  std::filesystem::path before_;
};

TEST(LoadSweep, HasDataPathsRelativeToTheFile) {
  const TempDir dir;
  const std::string folder = dir.path().string();
  EXPECT_EQ(
      LoadedPaths(dir, {"book.txt", "../books/", "/abs/*.txt"}),
      Json({folder + "/sweeps/book.txt", folder + "/books/", "/abs/*.txt"}));
  const WorkingDirectory within(dir.path());
  Json json = TinySweepWith("/data", {{"kind", "text"}, {"paths", {"/x"}}});
  json["vary"]["data.paths"] = Json::array({Json::array({"a"}), {"b", "/c"}});
  dir.Write("vary.json", json.dump());
  EXPECT_EQ(LoadSweep("vary.json").given["vary"]["data.paths"],
            Json({{folder + "/a"}, {folder + "/b", "/c"}}));
}

TEST(LoadSweep, HasPathsOfTheCommandLineRelativeToTheCaller) {
  const TempDir dir;
  const WorkingDirectory within(dir.path());
  EXPECT_EQ(LoadedPaths(dir, {"old"}, {.data_paths = {"new/*.txt", "/x"}}),
            Json({dir.path().string() + "/new/*.txt", "/x"}));
}

TEST(LoadSweep, FindsDataOfTheCallerWhereNoneLieBesideTheFile) {
  const TempDir dir;
  std::filesystem::create_directories(dir / "here");
  dir.Write("here/book.txt", "text");
  const WorkingDirectory within(dir / "here");
  const std::string folder = dir.path().string();
  EXPECT_EQ(LoadedPaths(dir, {"book.txt", "boo*"}),
            Json({folder + "/here/book.txt", folder + "/here/boo*"}));
  dir.Write("sweeps/book.txt", "text");
  EXPECT_EQ(LoadedPaths(dir, {"book.txt", "boo*"}),
            Json({folder + "/sweeps/book.txt", folder + "/sweeps/boo*"}));
}

TEST(LoadSweep, TakesTheNameOfAFolderForNoGlob) {
  const TempDir dir;
  std::filesystem::create_directories(dir / "a[1]");
  std::string text;
  for (int line = 0; line < 50'000; ++line) {
    text += "line " + std::to_string(line) + "\n";
  }
  dir.Write("a[1]/book1.txt", text);
  dir.Write("a[1]/a.json", TinySweepWith("/data", {{"kind", "text"},
                                                   {"paths", {"book*"}},
                                                   {"eval_tokens", 4096}})
                               .dump());
  const SweepSpec spec = LoadSweep(dir / "a[1]/a.json");
  EXPECT_EQ(spec.given["data"]["paths"],
            Json({dir.path().string() + "/a\\[1]/book*"}));
  EXPECT_NO_THROW(MakePlan(spec));
}

TEST(ParseSweep, NamesTheFileInMessages) {
  const TempDir dir;
  const auto path =
      dir.Write("bad.json", TinySweepWith("/seeds", Json::array()).dump());
  EXPECT_ERROR(LoadSweep(path), path.string() + ": seeds: must be");
}

TEST(ParseSweep, SaysEverythingThatIsWrongAtOnce) {
  Json json = TinySweepWith("/name", "a/b");
  json["modle"] = 1;
  json["model"]["context"] = 30;
  json["training"]["peak_lr"] = -1;
  json["grid"]["tokens"] = "many";
  json["data"]["words"] = 1.5;
  for (const char* fragment :
       {"a.json: name: \"a/b\"",
        "a.json: modle: unknown key (did you mean "
        "'model'?)",
        "a.json: training.batch_tokens: 256 is no multiple of "
        "model.context 30",
        "a.json: training.peak_lr: must be above 0",
        "a.json: grid.tokens: must be a non-empty array",
        "a.json: data.words: must be a whole number, got 1.5"}) {
    EXPECT_ERROR(Parse(json), fragment);
  }
}

TEST(SweepOverrides, ReplaceThePathsOfText) {
  Json json = TinySweepWith("/data", {{"kind", "text"}, {"paths", {"/old"}}});
  const SweepSpec spec = ParseSweep(json, "a.json", {{"/new", "/more"}});
  EXPECT_EQ(ToJson(spec.variants[0].data)["paths"], Json({"/new", "/more"}));
  EXPECT_EQ(spec.given["data"]["paths"], Json({"/new", "/more"}));
}

TEST(SweepOverrides, AreNotFilteredByTheExtensionsOfThePathsTheyReplace) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "books");
  const auto book = dir.Write("books/a.txt", "text");
  dir.Write("books/b.h", "code");
  const Json json = TinySweepWith("/data", {{"kind", "text"},
                                            {"paths", {"/usr/include"}},
                                            {"extensions", {".h", ".hpp"}}});
  const SweepSpec spec =
      ParseSweep(json, "a.json", {{(dir / "books").string()}});
  EXPECT_FALSE(ToJson(spec.variants[0].data).contains("extensions"));
  EXPECT_FALSE(spec.given["data"].contains("extensions"));
}

TEST(SweepOverrides, ReplaceTheTrainingPathsOfTokens) {
  Json json = TinySweepWith(
      "/data",
      {{"kind", "tokens"}, {"train_paths", {"old.bin"}}, {"vocab_size", 100}});
  const SweepSpec spec = ParseSweep(json, "a.json", {{"new.bin"}});
  EXPECT_EQ(ToJson(spec.variants[0].data)["train_paths"], Json({"new.bin"}));
}

TEST(SweepOverrides, StandInForPathsThatTheFileLacks) {
  const Json json = TinySweepWith("/data", {{"kind", "text"}});
  EXPECT_ERROR(Parse(json), "a.json: data.paths: is missing");
  EXPECT_NO_THROW(ParseSweep(json, "a.json", {{"/new"}}));
}

TEST(SweepOverrides, AreRefusedWhereNoFileIsRead) {
  EXPECT_ERROR(ParseSweep(TinySweep(), "a.json", {{"/new"}}),
               "a.json: data.kind: lexicon reads no files");
}

TEST(SweepOverrides, AreNoMatterWhereTheKindIsWrong) {
  const Json json = TinySweepWith("/data", {{"kind", "texts"}});
  try {
    ParseSweep(json, "a.json", {{"/new"}});
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean 'text'?"));
    EXPECT_THAT(error.what(),
                testing::Not(testing::HasSubstr("lexicon reads")));
  }
}

TEST(SweepOverrides, AreRefusedWhereThePathsVary) {
  Json json = TinySweepWith("/data", {{"kind", "text"}, {"paths", {"/old"}}});
  json["vary"]["data.paths"] = {{"/one"}, {"/two"}};
  EXPECT_ERROR(ParseSweep(json, "a.json", {{"/new"}}),
               "a.json: vary.\"data.paths\": cannot vary while");
}

}  // namespace
}  // namespace isoflop
