#include "tests/report/schema_samples.h"

#include <rapidjson/document.h>
#include <rapidjson/schema.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

namespace isoflop {
namespace {

/// A text that matches each of the patterns in the schemas.
const std::map<std::string, std::string>& Matching() {
  static const std::map<std::string, std::string> kTexts = {
      {"^[0-9a-f]+$", "0f"},
      {"^[0-9a-f]{64}$", std::string(64, 'a')},
      {"^[0-9]+\\.[0-9]+", "1.0"},
      {"^[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+Z$", "2026-01-01T00:00:00Z"},
      {"-[0-9a-f]+$", "a-0f"},
      {"^[A-Za-z0-9_][A-Za-z0-9._-]*$", "a"},
      {"^[A-Za-z][A-Za-z0-9_]{0,63}$", "a"}};
  return kTexts;
}

/// A schema file, and the references that are being followed.
struct Place {
  std::string file;
  std::vector<std::string> within;
};

Json Inlined(const Json& node, const Place& place);

/// What a reference stands for. One that it contains itself stands for anything
/// there: it is inlined where it is first met.
Json Referred(const std::string& reference, const Place& place) {
  const auto hash = std::min(reference.find('#'), reference.size());
  const std::string file =
      hash == 0 ? place.file : std::string(reference.substr(0, hash));
  const std::string pointer =
      hash == reference.size() ? "" : reference.substr(hash + 1);
  const std::string name = file + "#" + pointer;
  if (std::ranges::find(place.within, name) != place.within.end()) {
    return Json::object();
  }
  const Json other = ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/schema/" + file);
  Place there{.file = file, .within = place.within};
  there.within.push_back(name);
  return Inlined(other.at(Json::json_pointer(pointer)), there);
}

Json Inlined(const Json& node, const Place& place) {
  if (node.is_object() && node.contains("$ref")) {
    return Referred(node["$ref"].get<std::string>(), place);
  }
  if (!node.is_structured()) return node;
  Json copy = node;
  if (copy.is_object()) copy.erase("definitions");
  for (auto& item : copy.items()) item.value() = Inlined(item.value(), place);
  return copy;
}

/// What is wanted by both schemas, as far as they say it with these keywords.
Json Merged(Json a, const Json& b) {
  for (const auto& item : b.items()) {
    const std::string& key = item.key();
    if (!a.contains(key)) {
      a[key] = item.value();
    } else if (key == "required") {
      for (const Json& name : item.value()) a[key].push_back(name);
    } else if (key == "properties") {
      for (const auto& property : item.value().items()) {
        Json& there = a[key][property.key()];
        there = there.is_null()
                    ? property.value()
                    : Json{{"allOf", Json::array({there, property.value()})}};
      }
    } else if (key == "enum") {
      Json both = Json::array();
      for (const Json& value : a[key]) {
        if (std::ranges::find(item.value(), value) != item.value().end()) {
          both.push_back(value);
        }
      }
      a[key] = both;
    } else if (key == "minimum" || key == "minItems") {
      a[key] = std::max(a[key].get<double>(), item.value().get<double>());
    } else if (key != "additionalProperties") {
      a[key] = item.value();
    }
  }
  return a;
}

/// The schemas without allOf, anyOf and oneOf that stand for this one, each for
/// a choice among its alternatives.
std::vector<Json> Alternatives(const Json& schema) {
  std::vector<Json> all = {schema};
  for (const char* key : {"allOf", "anyOf", "oneOf"}) {
    if (!schema.contains(key)) continue;
    std::vector<Json> next;
    for (Json flat : all) {
      flat.erase(key);
      std::vector<Json> combined = {flat};
      for (const Json& part : schema[key]) {
        std::vector<Json> longer;
        for (const Json& before :
             std::string(key) == "allOf" ? combined : std::vector<Json>{flat}) {
          for (const Json& choice : Alternatives(part)) {
            longer.push_back(Merged(before, choice));
          }
        }
        if (std::string(key) == "allOf") {
          combined = longer;
        } else {
          next.insert(next.end(), longer.begin(), longer.end());
        }
      }
      if (std::string(key) == "allOf") {
        next.insert(next.end(), combined.begin(), combined.end());
      }
    }
    all = next;
  }
  return all;
}

std::string TypeOf(const Json& flat) {
  if (flat.contains("type")) {
    const Json& type = flat["type"];
    return type.is_array() ? type[0].get<std::string>()
                           : type.get<std::string>();
  }
  for (const char* key : {"properties", "required", "minProperties",
                          "additionalProperties", "patternProperties"}) {
    if (flat.contains(key)) return "object";
  }
  if (flat.contains("items") || flat.contains("minItems")) return "array";
  if (flat.contains("minLength") || flat.contains("pattern")) return "string";
  return "number";
}

Json SchemaOfKey(const Json& flat, const std::string& key) {
  if (flat.contains("properties") && flat["properties"].contains(key)) {
    return flat["properties"][key];
  }
  const Json rest = flat.value("additionalProperties", Json::object());
  return rest.is_object() ? rest : Json::object();
}

std::optional<Json> Object(const Json& flat) {
  Json object = Json::object();
  const Json required = flat.value("required", Json::array());
  for (const Json& name : required) {
    const auto value = SampleOf(SchemaOfKey(flat, name));
    if (!value) return std::nullopt;
    object[name.get<std::string>()] = *value;
  }
  const auto fewest = flat.value("minProperties", std::size_t{0});
  std::vector<std::string> names;
  const Json properties = flat.value("properties", Json::object());
  for (const auto& item : properties.items()) names.push_back(item.key());
  names.insert(names.end(), {"a", "b", "c"});
  for (const std::string& name : names) {
    if (object.size() >= fewest) break;
    if (const auto value = SampleOf(SchemaOfKey(flat, name))) {
      object[name] = *value;
    }
  }
  return object;
}

std::optional<Json> Array(const Json& flat) {
  Json array = Json::array();
  const auto most = flat.value("maxItems", std::size_t{1000});
  const auto count =
      std::min(most, std::max<std::size_t>(1, flat.value("minItems", 0U)));
  for (std::size_t i = 0; i < count; ++i) {
    const auto item =
        SampleOf(flat.value("items", Json::object()), static_cast<int>(i));
    if (!item) return std::nullopt;
    array.push_back(*item);
  }
  return array;
}

Json Number(const Json& flat, int variant) {
  double value = 1.0;
  const bool above = flat.value("exclusiveMinimum", false);
  if (flat.contains("minimum")) {
    value = flat["minimum"].get<double>() + (above ? 1.0 : 0.0);
  }
  if (flat.contains("maximum") && value + variant > flat["maximum"]) {
    const double low = flat.value("minimum", value - 1.0);
    value = above ? 0.5 * (low + flat["maximum"].get<double>()) : low;
  } else {
    value += variant;
  }
  if (TypeOf(flat) == "integer" || value == std::floor(value)) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

std::optional<Json> Built(const Json& flat, int variant) {
  if (flat.contains("enum")) {
    if (flat["enum"].empty()) return std::nullopt;
    return flat["enum"]
               [static_cast<std::size_t>(variant) % flat["enum"].size()];
  }
  const std::string type = TypeOf(flat);
  if (type == "object") return Object(flat);
  if (type == "array") return Array(flat);
  if (type == "boolean") return Json(variant % 2 == 0);
  if (type != "string") return Number(flat, variant);
  std::string text(flat.value("minLength", std::size_t{1}), 'x');
  if (flat.contains("pattern")) {
    const auto found = Matching().find(flat["pattern"]);
    if (found == Matching().end()) return std::nullopt;
    text = found->second;
  }
  return Json(variant == 0 ? text : text + std::to_string(variant));
}

/// Values of every type, and objects and arrays like the sample with something
/// left out or added.
std::vector<Json> Anything(const std::optional<Json>& sample) {
  std::vector<Json> values = {
      Json::object(), Json::array(), "", "no such word", "!", true, -1, 1.5, 1,
      Json()};
  if (sample && sample->is_object()) {
    for (const auto& item : sample->items()) {
      Json less = *sample;
      less.erase(item.key());
      values.push_back(less);
      for (const Json& wrong : {Json("no such word"), Json(-1), Json(true)}) {
        Json changed = *sample;
        changed[item.key()] = wrong;
        values.push_back(changed);
      }
    }
  }
  return values;
}

void BreakNumber(const Json& schema, const std::string& rule,
                 std::vector<Json>* values) {
  for (const char* limit : {"minimum", "maximum"}) {
    if (!schema.contains(limit)) continue;
    const double at = schema[limit].get<double>();
    const double unit = schema.value("multipleOf", 1.0);
    for (const double step : {-unit, 0.0, unit, -0.5 * unit, 0.5 * unit}) {
      values->push_back(at + step);
      if (at + step == std::floor(at + step) && std::abs(at) < 1e15) {
        values->push_back(static_cast<std::int64_t>(at + step));
      }
    }
    if (std::abs(at) > 1e14) values->push_back(at * 10.0);
  }
  if (rule == "multipleOf") {
    for (const double whole : {1.0, 10.0, 100.0, 1e4}) {
      values->push_back((whole + 0.5) * schema[rule].get<double>());
    }
  }
}

void BreakArray(const Json& schema, const Json& sample,
                std::vector<Json>* values) {
  Json array = sample;
  for (int i = 0; i < 12; ++i) {
    values->push_back(array);
    if (array.empty()) break;
    array.erase(array.size() - 1);
  }
  array = sample;
  const auto items = schema.value("items", Json::object());
  for (std::size_t i = 0; i <= schema.value("maxItems", std::size_t{2}); ++i) {
    const auto next = SampleOf(items, static_cast<int>(array.size()));
    if (next) array.push_back(*next);
    values->push_back(array);
  }
  if (!sample.empty()) {
    Json twice = sample;
    twice.push_back(sample[0]);
    values->push_back(twice);
    for (const Json& wrong : Anything(sample[0])) {
      Json changed = sample;
      changed[0] = wrong;
      values->push_back(changed);
    }
  }
}

void BreakObject(const Json& schema, const Json& sample, bool pairs,
                 std::vector<Json>* values) {
  Json changed = sample;
  changed["no_such_key"] = 1;
  values->push_back(changed);
  changed["no_such_key"] = "!";
  values->push_back(changed);
  const Json all = schema.value("properties", Json::object());
  for (const auto& item : all.items()) {
    const auto child = SampleOf(item.value());
    std::vector<Json> wrongs = Anything(child);
    if (child) wrongs.push_back(*child);
    for (const Json& wrong : wrongs) {
      changed = sample;
      changed[item.key()] = wrong;
      values->push_back(changed);
    }
  }
  if (!pairs) return;
  // Two that may not be there together.
  std::vector<std::pair<std::string, Json>> samples;
  for (const auto& item : all.items()) {
    if (auto one = SampleOf(item.value())) {
      samples.emplace_back(item.key(), std::move(*one));
    }
  }
  for (const auto& [a, one] : samples) {
    for (const auto& [b, other] : samples) {
      changed = sample;
      changed[a] = one;
      changed[b] = other;
      values->push_back(changed);
    }
  }
}

}  // namespace

Json InlinedSchema(const std::string& file) {
  const Json root = ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/schema/" + file);
  return Inlined(root, {.file = file, .within = {}});
}

struct CompiledSchema::Compiled {
  rapidjson::Document document;
  std::unique_ptr<rapidjson::SchemaDocument> schema;
};

CompiledSchema::CompiledSchema(const Json& schema) {
  auto compiled = std::make_unique<Compiled>();
  compiled->document.Parse(schema.dump().c_str());
  compiled->schema =
      std::make_unique<rapidjson::SchemaDocument>(compiled->document);
  compiled_ = std::move(compiled);
}

CompiledSchema::~CompiledSchema() = default;

bool CompiledSchema::Accepts(const Json& value) const {
  rapidjson::Document document;
  document.Parse(value.dump().c_str());
  rapidjson::SchemaValidator validator(*compiled_->schema);
  return document.Accept(validator);
}

namespace {

std::optional<Json> FindSample(const Json& schema, int variant) {
  const CompiledSchema compiled(schema);
  for (const Json& flat : Alternatives(schema)) {
    const auto value = Built(flat, variant);
    if (value && compiled.Accepts(*value)) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Json> SampleOf(const Json& schema, int variant) {
  // Asked for again and again by the schemas that this one is in.
  static std::map<std::pair<std::string, int>, std::optional<Json>> known;
  const auto key = std::make_pair(schema.dump(), variant);
  if (const auto found = known.find(key); found != known.end()) {
    return found->second;
  }
  return known[key] = FindSample(schema, variant);
}

std::vector<Json> Breaking(const Json& schema, const std::string& rule) {
  std::vector<Json> values;
  BreakNumber(schema, rule, &values);
  if (rule == "maxLength") {
    values.push_back(std::string(schema[rule].get<std::size_t>() + 1, 'x'));
  }
  if (rule == "not") {
    if (const auto refused = SampleOf(schema[rule])) values.push_back(*refused);
  }
  for (const Json& flat : Alternatives(schema)) {
    const auto sample = Built(flat, 0);
    if (!sample) continue;
    if (sample->is_array()) BreakArray(flat, *sample, &values);
    if (sample->is_object()) {
      const bool pairs = rule == "not" || rule == "oneOf" || rule == "anyOf";
      BreakObject(flat, *sample, pairs, &values);
    }
    const auto more = Anything(sample);
    values.insert(values.end(), more.begin(), more.end());
  }
  return values;
}

}  // namespace isoflop
