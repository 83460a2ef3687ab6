// The defaults that the schema of the sweep file tells are those of the
// program: a sweep that gives a key its default is the sweep that leaves it
// out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {
namespace {

/// A sweep of the kind of task that can be parsed.
Json Base(const std::string& kind) {
  Json sweep = ParseJson(R"({
    "schema": "isoflop.sweep/1", "name": "a",
    "data": {"kind": "lexicon"},
    "model": {},
    "grid": {"sizes": [{"d_model": 32}],
             "budgets_flops": [1e11]},
    "training": {"schedule": {}}})",
                         "base");
  sweep["data"]["kind"] = kind;
  const std::map<std::string, int> contexts = {
      {"power_features", 1}, {"manifold", 1}, {"parities", 1}, {"addition", 11},
      {"skills", 3},         {"iterate", 17}, {"hierarchy", 4}};
  const auto context = contexts.find(kind);
  if (context != contexts.end()) {
    sweep["model"]["context"] = context->second;
    sweep["training"]["batch_tokens"] = 16 * context->second;
  }
  if (kind == "text") sweep["data"]["paths"] = {"a"};
  if (kind == "tokens") {
    sweep["data"]["train_paths"] = {"a"};
    sweep["data"]["vocab_size"] = 64;
  }
  return sweep;
}

/// What is learned and how it is trained.
std::string Meaning(const Json& sweep) {
  const SweepSpec spec = ParseSweep(sweep, "test");
  std::string text;
  for (const Variant& variant : spec.variants) {
    text +=
        ToJson(variant.data).dump() + ToJson(variant.training).dump() + '\n';
  }
  return text;
}

/// Another value that the key may take, as far as one can guess.
std::vector<Json> Others(const Json& value, const Json& schema) {
  if (schema.contains("enum")) return schema["enum"];
  if (value.is_boolean()) return {!value.get<bool>()};
  if (!value.is_number()) return {};
  const double number = value.get<double>();
  return {number / 2, number * 2, number + 1, number / 4, number + 16, 0.25};
}

struct Default {
  std::string definition;  // in the schema
  std::string section;     // in the sweep, as a pointer
  std::string kind = "lexicon";
};

void PrintTo(const Default& that, std::ostream* out) {
  *out << that.definition;
}

class Defaults : public testing::TestWithParam<Default> {
 protected:
  const Json schema_ =
      ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/schema/sweep.schema.json");
  const Json properties_ =
      schema_["definitions"][GetParam().definition]["properties"];

  Json With(const std::string& key, const Json& value) const {
    Json sweep = Base(GetParam().kind);
    sweep[Json::json_pointer(GetParam().section + "/" + key)] = value;
    return sweep;
  }
};

TEST_P(Defaults, AreThoseOfTheProgram) {
  int told = 0;
  const std::string plain = Meaning(Base(GetParam().kind));
  for (const auto& item : properties_.items()) {
    if (!item.value().contains("default")) continue;
    ++told;
    try {
      EXPECT_EQ(Meaning(With(item.key(), item.value()["default"])), plain)
          << item.key();
    } catch (const Error& error) {
      ADD_FAILURE() << item.key() << ": " << error.what();
    }
  }
  EXPECT_GE(told, 3);
}

TEST_P(Defaults, WouldBeMissedIfTheyWereOthers) {
  const std::string plain = Meaning(Base(GetParam().kind));
  for (const auto& item : properties_.items()) {
    if (!item.value().contains("default")) continue;
    int tried = 0;
    bool seen = false;
    for (const Json& other : Others(item.value()["default"], item.value())) {
      if (other == item.value()["default"]) continue;
      try {
        seen |= Meaning(With(item.key(), other)) != plain;
        ++tried;
      } catch (const Error&) {
        continue;  // not allowed beside the rest
      }
    }
    EXPECT_TRUE(seen || tried == 0) << item.key();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of, Defaults,
    testing::Values(Default{"training", "/training"},
                    Default{"schedule", "/training/schedule"},
                    Default{"lexicon", "/data"},
                    Default{"text", "/data", "text"},
                    Default{"tokens", "/data", "tokens"},
                    Default{"power_features", "/data", "power_features"},
                    Default{"markov", "/data", "markov"},
                    Default{"regression", "/data", "regression"},
                    Default{"recall", "/data", "recall"},
                    Default{"manifold", "/data", "manifold"},
                    Default{"teacher", "/data", "teacher"},
                    Default{"addition", "/data", "addition"},
                    Default{"skills", "/data", "skills"},
                    Default{"iterate", "/data", "iterate"},
                    Default{"hierarchy", "/data", "hierarchy"},
                    Default{"parities", "/data", "parities"}),
    [](const auto& test) { return test.param.definition; });

}  // namespace
}  // namespace isoflop
