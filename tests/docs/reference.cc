#include "tests/docs/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "lib/core/error.h"
#include "tests/docs/markdown.h"

namespace isoflop {
namespace {

/// A schema and where it stands: "fit.schema.json#/definitions/run".
struct Placed {
  Json schema = {};
  std::string file = {};
  std::string pointer = {};

  std::string place() const { return file + "#" + pointer; }
  Placed At(const std::string& step) const {
    Placed below{{}, file, pointer + "/" + step};
    below.schema = schema.at(nlohmann::json_pointer<std::string>("/" + step));
    return below;
  }
};

/// Follows "$ref" as far as it leads.
Placed Resolved(Placed placed, const SchemaSource& source) {
  while (placed.schema.contains("$ref")) {
    const std::string target = placed.schema["$ref"];
    const std::size_t hash = target.find('#');
    const std::string file = target.substr(0, hash);
    if (!file.empty()) placed.file = file;
    placed.pointer = target.substr(hash + 1);
    const Json whole = source(placed.file);
    const nlohmann::json_pointer<std::string> pointer(placed.pointer);
    Require(whole.contains(pointer), "{}: there is no {}", placed.file, target);
    placed.schema = whole.at(pointer);
  }
  return placed;
}

/// A number as people write it: 1e13, 65536, 0.01.
std::string NumberText(const Json& value) {
  const double number = value.get<double>();
  return number >= 1e6 ? fmt::format("{:.10g}", number) : value.dump();
}

std::string RangeText(const Json& schema, bool whole) {
  const bool open_low = schema.value("exclusiveMinimum", false);
  const bool open_high = schema.value("exclusiveMaximum", false);
  std::string text;
  if (schema.contains("minimum") && (open_low || !whole || !open_high)) {
    const std::string low = NumberText(schema["minimum"]);
    text = open_low ? "above " + low : low;
  }
  if (schema.contains("maximum")) {
    const std::string high = NumberText(schema["maximum"]);
    text += text.empty() ? "up" : ",";
    text += (open_high ? " below " : " to ") + high;
    if (!open_low && !open_high && schema.contains("minimum")) {
      text = NumberText(schema["minimum"]) + " to " + high;
    }
  } else if (!text.empty() && !open_low) {
    text += " or more";
  }
  return text;
}

std::string NumberKind(const Json& schema, const std::string& type) {
  const double step = schema.value("multipleOf", 0.0);
  const bool whole = type == "integer" || step == 1.0;
  std::string text = whole         ? "whole number"
                     : step == 2.0 ? "even number"
                                   : "number";
  const std::string range = RangeText(schema, whole);
  return range.empty() ? text : text + ", " + range;
}

/// Writes one page.
class Writer {
 public:
  explicit Writer(const SchemaSource& source) : source_(source) {}

  std::string Write(const ReferencePage& page) {
    const Placed root{source_(page.schema), page.schema, ""};
    std::string text =
        fmt::format("# {}\n\n{}\n", page.title, page.introduction);
    // Names first, for a section may link to one that comes later.
    (void)Section(root, page.title);
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      (void)Table(sections_[i].object);
    }
    for (std::size_t i = 0; i < sections_.size(); ++i) {
      text += (i == 0 ? "" : "\n## " + sections_[i].name + "\n");
      const Json& schema = sections_[i].object.schema;
      if (i > 0 && schema.contains("description")) {
        text += "\n" + schema["description"].get<std::string>() + "\n";
      }
      text += "\n" + Table(sections_[i].object);
    }
    return text;
  }

  std::vector<std::string> undescribed() const {
    return {undescribed_.begin(), undescribed_.end()};
  }

 private:
  struct NamedSection {
    std::string name;
    Placed object;
  };

  /// Returns a link to the section of an object, which is made if it is new.
  std::string Section(const Placed& object, const std::string& wanted) {
    const auto found = names_.find(object.place());
    if (found != names_.end()) return Linked(found->second);
    std::string name = wanted;
    for (int n = 2; !taken_.insert(name).second; ++n) {
      name = fmt::format("{} ({})", wanted, n);
    }
    names_[object.place()] = name;
    sections_.push_back({name, object});
    return Linked(name);
  }

  static std::string Linked(const std::string& name) {
    return fmt::format("[{}](#{})", name, AnchorOf(name));
  }

  std::string Table(const Placed& object) {
    const Json& schema = object.schema;
    std::set<std::string> required;
    if (schema.contains("required")) {
      required = schema["required"].get<std::set<std::string>>();
    }
    std::string rows =
        "| key | default | value | meaning |\n|---|---|---|---|\n";
    for (const char* kind : {"properties", "patternProperties"}) {
      if (!schema.contains(kind)) continue;
      for (const auto& item : schema[kind].items()) {
        // Not there: an alternative says what must be absent.
        if (item.value().contains("not")) continue;
        // Keys of a pattern hold slashes and tildes, which pointers escape.
        Placed key{item.value(), object.file,
                   object.pointer + "/" + kind + "/" + item.key()};
        rows += Row(item.key(), key, required.contains(item.key()));
      }
    }
    return rows;
  }

  std::string Row(const std::string& name, const Placed& key, bool required) {
    const Placed target = Resolved(key, source_);
    const std::string meaning = Meaning(key, target);
    if (meaning.empty()) undescribed_.insert(key.place());
    std::string byway = required ? "required" : "";
    if (key.schema.contains("default")) {
      byway = fmt::format("`{}`", key.schema["default"].dump());
    }
    return fmt::format("| `{}` | {} | {} | {} |\n", Escaped(name), byway,
                       Escaped(Kind(key, name)), Escaped(meaning));
  }

  static std::string Meaning(const Placed& key, const Placed& target) {
    for (const Placed* placed : {&key, &target}) {
      if (placed->schema.contains("description")) {
        return placed->schema["description"];
      }
    }
    return {};
  }

  /// What a value may be, in words.
  std::string Kind(const Placed& key, const std::string& name) {
    const Placed target = Resolved(key, source_);
    const Json& schema = target.schema;
    if (schema.contains("enum")) return OneOf(schema["enum"]);
    for (const char* word : {"anyOf", "oneOf"}) {
      if (schema.contains(word) && !schema.contains("properties")) {
        return Alternatives(target, word, name);
      }
    }
    if (schema.contains("allOf")) return Kind(target.At("allOf/0"), name);
    return KindOfType(key, target, name);
  }

  std::string KindOfType(const Placed& key, const Placed& target,
                         const std::string& name) {
    const Json& schema = target.schema;
    const Json type = schema.value("type", Json("object"));
    if (type.is_array()) {
      return fmt::format("{} or text", type[0].get<std::string>());
    }
    if (type == "array") return List(target, name);
    if (type == "object") return Object(key, target, name);
    if (type == "boolean") return "true or false";
    if (type == "string") return "text";
    return NumberKind(schema, type);
  }

  static std::string OneOf(const Json& values) {
    std::string text;
    for (const Json& value : values) {
      text += (text.empty() ? "" : ", ") + fmt::format("`{}`", value.dump());
    }
    return text;
  }

  std::string Alternatives(const Placed& target, const std::string& word,
                           const std::string& name) {
    std::string text;
    for (std::size_t i = 0; i < target.schema[word].size(); ++i) {
      const std::string kind =
          Kind(target.At(fmt::format("{}/{}", word, i)), name);
      text += (text.empty() ? "" : ", or ") + kind;
    }
    return text;
  }

  std::string List(const Placed& target, const std::string& name) {
    const Json& schema = target.schema;
    if (!schema.contains("items")) return "list";
    const std::string of = Kind(target.At("items"), name);
    if (schema.contains("maxItems") &&
        schema["maxItems"] == schema.value("minItems", Json())) {
      return fmt::format("list of {}: {}", schema["maxItems"].dump(), of);
    }
    return "list: " + of;
  }

  std::string Object(const Placed& key, const Placed& target,
                     const std::string& name) {
    const Json& schema = target.schema;
    if (schema.contains("properties") || schema.contains("patternProperties")) {
      // A definition has the name under which it is defined.
      const bool defined = key.schema.contains("$ref");
      const std::size_t slash = target.pointer.rfind('/');
      return Section(target, defined ? target.pointer.substr(slash + 1) : name);
    }
    if (schema.contains("additionalProperties") &&
        schema["additionalProperties"].is_object()) {
      return "object: to each name " +
             Kind(target.At("additionalProperties"), name);
    }
    return "object";
  }

  static std::string Escaped(std::string text) {
    for (std::size_t i = text.find('|'); i != std::string::npos;
         i = text.find('|', i + 2)) {
      text.insert(i, 1, '\\');
    }
    return text;
  }

  const SchemaSource& source_;
  std::map<std::string, std::string> names_ = {};  // of sections, by place
  std::set<std::string> taken_ = {};
  std::deque<NamedSection> sections_ = {};
  std::set<std::string> undescribed_ = {};
};

}  // namespace

std::string WriteReference(const ReferencePage& page,
                           const SchemaSource& source) {
  return Writer(source).Write(page);
}

std::vector<std::string> KeysWithoutDescription(const std::string& schema,
                                                const SchemaSource& source) {
  Writer writer(source);
  (void)writer.Write({.title = "all", .schema = schema});
  return writer.undescribed();
}

}  // namespace isoflop
