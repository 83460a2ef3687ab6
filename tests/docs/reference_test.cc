// docs/reference is what the schemas say. ISOFLOP_UPDATE_GOLDEN=1 rewrites it.

#include "tests/docs/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <ostream>
#include <string>

#include "lib/core/error.h"
#include "lib/core/files.h"

namespace isoflop {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string kSources = ISOFLOP_SOURCE_DIR;

Json Shipped(const std::string& file) {
  static std::map<std::string, Json> read;
  Json& schema = read[file];
  if (schema.is_null()) {
    schema = ReadJsonFile(kSources + "/sweeps/schema/" + file);
  }
  return schema;
}

struct Written {
  const char* file;
  ReferencePage page;
};

void PrintTo(const Written& written, std::ostream* out) {
  *out << written.file;
}

const Written kPages[] = {
    {"sweep-file.md",
     {.title = "The sweep file",
      .introduction =
          "Every key, made from its schema, "
          "[sweep.schema.json](../../sweeps/schema/sweep.schema.json), which "
          "editors\ncan check a file against while it is written. Numbers may "
          "be written as `1000`, `1e3`\nor `1000.0`; `//` comments are "
          "allowed; a key that is not here is an error. What is\nbehind the "
          "keys, with sources and examples: "
          "[sweeps/README.md](../../sweeps/README.md).",
      .schema = "sweep.schema.json"}},
    {"fit-json.md",
     {.title = "fit.json",
      .introduction =
          "What `isoflop fit` writes, key by key, made from its schema,\n"
          "[fit.schema.json](../../sweeps/schema/fit.schema.json). Keys "
          "without a value in the column\n*default* may be absent: a number "
          "that does not exist is absent, never null or NaN. What\nthe "
          "numbers mean: [methods.md](../methods.md); words: "
          "[glossary.md](../glossary.md).",
      .schema = "fit.schema.json"}}};

class ReferenceTest : public testing::TestWithParam<Written> {};

TEST_P(ReferenceTest, IsWhatTheSchemaSays) {
  const std::string path = kSources + "/docs/reference/" + GetParam().file;
  const std::string made = WriteReference(GetParam().page, Shipped);
  const char* update = std::getenv("ISOFLOP_UPDATE_GOLDEN");
  if (update != nullptr && std::string(update) == "1") {
    WriteFileAtomically(path, made);
  }
  EXPECT_TRUE(ReadFile(path) == made)
      << path << " is not what the schema gives: ISOFLOP_UPDATE_GOLDEN=1 "
      << "rewrites it";
}

TEST_P(ReferenceTest, HasADescriptionOfEveryKey) {
  EXPECT_THAT(KeysWithoutDescription(GetParam().page.schema, Shipped),
              IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Of, ReferenceTest, testing::ValuesIn(kPages),
                         [](const auto& test) {
                           return test.param.page.schema.substr(
                               0, test.param.page.schema.find('.'));
                         });

/// The page of a schema of one key.
std::string Of(const std::string& key, const std::string& definitions = "") {
  const auto source = [&](const std::string&) {
    return ParseJson(
        "{\"properties\": {\"k\": " + key + "}" + definitions + "}", "test");
  };
  return WriteReference({.title = "T", .introduction = "I", .schema = "s"},
                        source);
}

TEST(Reference, SaysWhatAValueMayBe) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"type": "integer", "minimum": 1})", "whole number, 1 or more"},
      {R"({"type": "number", "multipleOf": 1})", "| whole number |"},
      {R"({"type": "number", "minimum": 0, "exclusiveMinimum": true})",
       "number, above 0"},
      {R"({"type": "number", "minimum": 0, "maximum": 0.5})",
       "number, 0 to 0.5"},
      {R"({"type": "number", "minimum": 0, "exclusiveMinimum": true,
           "maximum": 10})",
       "number, above 0, to 10"},
      {R"({"type": "number", "minimum": 0, "maximum": 1,
           "exclusiveMaximum": true})",
       "number, 0, below 1"},
      {R"({"type": "number", "maximum": 1e13})", "number, up to 1e+13"},
      {R"({"enum": ["a", 2]})", "`\"a\"`, `2`"},
      {R"({"type": "boolean"})", "true or false"},
      {R"({"type": ["number", "string"]})", "number or text"},
      {R"({"type": "array", "items": {"type": "string"}})", "list: text"},
      {R"({"type": "array", "minItems": 2, "maxItems": 2,
           "items": {"type": "number"}})",
       "list of 2: number"},
      {R"({"type": "object", "additionalProperties": {"type": "number"}})",
       "object: to each name number"}};
  for (const auto& [schema, words] : cases) {
    EXPECT_THAT(Of(schema), HasSubstr(words)) << schema;
  }
}

TEST(Reference, TakesTheDefaultAndTheDescriptionBesideAReference) {
  EXPECT_THAT(Of(R"({"$ref": "#/definitions/d", "default": 3,
                     "description": "here"})",
                 R"(, "definitions": {"d": {"type": "number",
                     "description": "there"}})"),
              HasSubstr("| `k` | `3` | number | here |"));
}

TEST(Reference, HasASectionForEachObjectOnce) {
  const std::string page =
      Of(R"({"type": "array", "items": {"$ref": "#/definitions/d"}})",
         R"(, "definitions": {"d": {"properties": {"x|y": {"type": "string"},
             "again": {"$ref": "#/definitions/d"}}}})");
  EXPECT_THAT(page, HasSubstr("| list: [d](#d) |"));
  EXPECT_THAT(page, HasSubstr("\n## d\n"));
  EXPECT_THAT(page, HasSubstr("`x\\|y`"));
  EXPECT_EQ(page.find("\n## d (2)"), std::string::npos);
}

TEST(Reference, NamesKeysThatSayNothing) {
  const auto source = [](const std::string&) {
    return ParseJson(R"({"properties": {"a": {"type": "string"},
      "b": {"type": "string", "description": "b"},
      "c": {"properties": {"d": {}}, "description": "c"}}})",
                     "test");
  };
  EXPECT_THAT(
      KeysWithoutDescription("s", source),
      testing::ElementsAre("s#/properties/a", "s#/properties/c/properties/d"));
}

TEST(Reference, RefusesAReferenceThatLeadsNowhere) {
  EXPECT_THROW(Of(R"({"$ref": "#/definitions/none"})"), Error);
}

}  // namespace
}  // namespace isoflop
