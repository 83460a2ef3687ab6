// Each rule of each schema is one that the validator follows: there is a value
// that it refuses and that it would accept without the rule. RapidJSON passes
// over what it does not know, so a rule that it cannot follow would test
// nothing.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "lib/core/json.h"
#include "tests/report/schema_samples.h"

namespace isoflop {
namespace {

const std::set<std::string> kWords = {"$schema", "title",       "description",
                                      "default", "definitions", "$ref"};
const std::set<std::string> kRules = {"type",
                                      "enum",
                                      "minimum",
                                      "exclusiveMinimum",
                                      "maximum",
                                      "exclusiveMaximum",
                                      "multipleOf",
                                      "minLength",
                                      "maxLength",
                                      "pattern",
                                      "required",
                                      "properties",
                                      "minProperties",
                                      "patternProperties",
                                      "items",
                                      "additionalProperties",
                                      "minItems",
                                      "maxItems",
                                      "uniqueItems",
                                      "allOf",
                                      "anyOf",
                                      "oneOf",
                                      "not"};

/// The schema without the rule, and without what means nothing without it.
Json Without(Json schema, const std::string& rule) {
  schema.erase(rule);
  if (rule == "minimum") schema.erase("exclusiveMinimum");
  if (rule == "maximum") schema.erase("exclusiveMaximum");
  if (rule == "properties" || rule == "patternProperties") {
    schema.erase("additionalProperties");
  }
  return schema;
}

/// Whether one of the values is refused because of the rule.
bool IsRefusedBy(const Json& schema, const std::string& rule,
                 const std::vector<Json>& values) {
  const CompiledSchema with(schema);
  const CompiledSchema without(Without(schema, rule));
  return std::ranges::any_of(values, [&](const Json& value) {
    return !with.Accepts(value) && without.Accepts(value);
  });
}

/// Whether a value is refused because of the rule: of the schema, or where its
/// alternatives would refuse the value too, of the schema without them.
bool IsFollowed(Json schema, const std::string& rule) {
  const auto values = Breaking(schema, rule);
  if (IsRefusedBy(schema, rule, values)) return true;
  for (const char* other : {"oneOf", "anyOf", "allOf", "not"}) {
    if (other != rule) schema.erase(other);
  }
  return IsRefusedBy(schema, rule, values);
}

/// Whether each of the keys is missed when it alone is not there.
bool EachIsRequired(const Json& schema) {
  const Json loose = Without(schema, "required");
  const CompiledSchema with(schema);
  const CompiledSchema without(loose);
  const auto values = Breaking(loose, "required");
  for (const Json& name : schema["required"]) {
    bool missed = false;
    for (Json value : values) {
      if (!value.is_object()) continue;
      for (const Json& other : schema["required"]) {
        if (other == name || value.contains(other)) continue;
        const Json properties = schema.value("properties", Json::object());
        const auto sample = SampleOf(
            properties.value(other.get<std::string>(), Json::object()));
        if (sample) value[other.get<std::string>()] = *sample;
      }
      value.erase(name.get<std::string>());
      missed |= !with.Accepts(value) && without.Accepts(value);
      if (missed) break;
    }
    if (!missed) return false;
  }
  return true;
}

/// Calls `visit` with every schema in a schema, and where it stands.
template <typename Visit>
void ForEachSchema(const Json& schema, const std::string& place,
                   const Visit& visit) {
  if (!schema.is_object()) return;
  visit(schema, place);
  for (const auto& item : schema.items()) {
    const std::string here = place + "/" + item.key();
    const std::string& key = item.key();
    if (key == "items" || key == "additionalProperties" || key == "not") {
      ForEachSchema(item.value(), here, visit);
    } else if (key == "properties" || key == "patternProperties" ||
               key == "definitions") {
      for (const auto& child : item.value().items()) {
        ForEachSchema(child.value(), here + "/" + child.key(), visit);
      }
    } else if (key == "allOf" || key == "anyOf" || key == "oneOf") {
      for (std::size_t i = 0; i < item.value().size(); ++i) {
        ForEachSchema(item.value()[i], here + "/" + std::to_string(i), visit);
      }
    }
  }
}

constexpr std::array<const char*, 13> kSchemas = {
    "allocation", "bench", "claim",   "compare", "experiments", "fit",   "laws",
    "next",       "plan",  "results", "run",     "sweep",       "tokens"};

/// The schemas in the other files that a file refers to, which have tests of
/// their own.
std::set<std::string> SchemasOfOthers(const std::string& file) {
  const std::string text =
      ReadFile(ISOFLOP_SOURCE_DIR "/sweeps/schema/" + file);
  std::set<std::string> schemas;
  for (const std::string name : kSchemas) {
    const std::string other = name + ".schema.json";
    if (text.find('"' + other) == std::string::npos) continue;
    ForEachSchema(InlinedSchema(other), "#",
                  [&schemas](const Json& schema, const std::string&) {
                    schemas.insert(schema.dump());
                  });
  }
  return schemas;
}

class SchemaRules : public testing::TestWithParam<const char*> {};

TEST_P(SchemaRules, EachRefusesAValue) {
  const std::string file = GetParam() + std::string(".schema.json");
  const Json written =
      ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/schema/" + file);
  EXPECT_EQ(written["$schema"], "http://json-schema.org/draft-04/schema#");
  // The same schema in several places is one.
  std::set<std::string> seen = SchemasOfOthers(file);
  int rules = 0;
  const auto visit = [&](const Json& schema, const std::string& place) {
    if (!seen.insert(schema.dump()).second) return;
    for (const auto& item : schema.items()) {
      const std::string& rule = item.key();
      if (kWords.contains(rule)) continue;
      ASSERT_TRUE(kRules.contains(rule)) << place << ": " << rule;
      ++rules;
      EXPECT_TRUE(rule == "required" ? EachIsRequired(schema)
                                     : IsFollowed(schema, rule))
          << place << ": " << rule << " refuses nothing";
    }
  };
  ForEachSchema(InlinedSchema(file), "#", visit);
  // The laws have their rules in definitions, which the fit refers to.
  EXPECT_GE(rules, written.contains("type") ? 10 : 0);
}

TEST_P(SchemaRules, HaveNoneBesideAReference) {
  // A "$ref" takes the place of its whole schema.
  const std::string file = GetParam() + std::string(".schema.json");
  ForEachSchema(ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/schema/" + file), "#",
                [](const Json& schema, const std::string& place) {
                  if (!schema.contains("$ref")) return;
                  for (const auto& item : schema.items()) {
                    EXPECT_TRUE(kWords.contains(item.key())) << place;
                  }
                });
}

INSTANTIATE_TEST_SUITE_P(All, SchemaRules, testing::ValuesIn(kSchemas),
                         [](const auto& test) {
                           return std::string(test.param);
                         });

TEST(SchemaFiles, AreAllTested) {
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(
           ISOFLOP_SOURCE_DIR "/sweeps/schema")) {
    ++files;
  }
  EXPECT_EQ(files, kSchemas.size());
}

}  // namespace
}  // namespace isoflop
