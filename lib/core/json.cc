#include "lib/core/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/file_kind.h"
#include "lib/core/files.h"
#include "lib/core/printable.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

// Values are written and compared recursively, and nothing here is deep.
constexpr std::size_t kMaxDepth = 100;

/// The library's message without its own prefix: "[json.exception...] "; of a
/// long one, which repeats what was read, the beginning.
std::string Cause(const std::exception& error) {
  constexpr std::size_t kLongest = 300;
  std::string message = error.what();
  const auto end = message.find("] ");
  if (end != std::string::npos) message.erase(0, end + 2);
  return Shortened(message, kLongest);
}

/// Builds the value from what the parser finds, in one pass. The library's own
/// builder takes the second of two equal keys, and only a callback per value,
/// three times as slow, could tell.
class JsonBuilder : public nlohmann::json_sax<Json> {
 public:
  /// Both outlive it.
  JsonBuilder(std::string_view text, const std::string& source)
      : text_(text), source_(source) {}

  Json Take() { return std::move(root_); }

  bool null() override { return Add(nullptr); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool number_float(number_float_t value, const string_t&) override {
    return Add(value);
  }
  bool string(string_t& value) override { return Add(std::move(value)); }
  bool binary(binary_t& value) override { return Add(std::move(value)); }

  bool start_object(std::size_t) override { return Open(Json::object()); }
  bool key(string_t& name) override {
    auto& members = open_.back()->get_ref<Json::object_t&>();
    const auto [member, added] = members.emplace(name, nullptr);
    Require(added, "{}: {}: key occurs twice", source_, PathOf(name));
    member_ = &member->second;
    return true;
  }
  bool end_object() override { return Close(); }

  bool start_array(std::size_t) override { return Open(Json::array()); }
  bool end_array() override { return Close(); }

  bool parse_error(std::size_t, const std::string&,
                   const Json::exception& error) override {
    const auto kind = NoPlainText(text_);
    throw Error(source_ + (kind ? ": " + InWords(*kind)
                                : ": not valid JSON: " + Cause(error)));
  }

 private:
  bool Add(Json value) {
    Place(std::move(value));
    return true;
  }

  /// Returns where the value is now: it stays there until its parent closes,
  /// which takes no other value before this one has closed.
  Json* Place(Json value) {
    if (open_.empty()) return &(root_ = std::move(value));
    Json* parent = open_.back();
    if (parent->is_array()) return &parent->emplace_back(std::move(value));
    return &(*member_ = std::move(value));
  }

  bool Open(Json empty) {
    Require(open_.size() < kMaxDepth, "{}: nested more than {} deep", source_,
            kMaxDepth);
    open_.push_back(Place(std::move(empty)));
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  /// "grid.sizes[1].d_model", for a key of the innermost object.
  std::string PathOf(const std::string& name) const {
    std::string path;
    const auto add = [&path](const std::string& key) {
      path += (path.empty() ? "" : ".") + key;
    };
    for (const Json* parent : std::span(open_).first(open_.size() - 1)) {
      if (parent->is_array()) {
        path += fmt::format("[{}]", parent->size() - 1);
      } else {
        add(parent->get_ref<const Json::object_t&>().back().first);
      }
    }
    add(name);
    return path;
  }

  std::string_view text_;
  const std::string& source_;
  Json root_;
  std::vector<Json*> open_;  // objects and arrays, innermost last
  Json* member_ = nullptr;   // of the innermost object, whose key was read
};

/// Text for a file. Only bytes that are no UTF-8, such as those of a file's
/// name, do not come back as they were.
std::string Plain(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string SpacedArray(const Json& array) {
  std::string text = "[";
  for (const Json& element : array) {
    if (text.size() > 1) text += ", ";
    text += Plain(element);
  }
  return text + "]";
}

bool HasStructure(const Json& json) {
  return std::ranges::any_of(
      json, [](const Json& element) { return element.is_structured(); });
}

void AppendReadable(const Json& json, std::size_t indent, std::string* text) {
  if (json.is_array() && !HasStructure(json)) {
    *text += SpacedArray(json);
    return;
  }
  if (!json.is_structured() || json.empty()) {
    *text += Plain(json);
    return;
  }
  const char* separator = "";
  *text += json.is_object() ? '{' : '[';
  for (const auto& item : json.items()) {
    text->append(separator).append("\n").append(indent + 2, ' ');
    if (json.is_object()) *text += Plain(Json(item.key())) + ": ";
    AppendReadable(item.value(), indent + 2, text);
    separator = ",";
  }
  text->append("\n").append(indent, ' ');
  *text += json.is_object() ? '}' : ']';
}

}  // namespace

Json ParseJson(std::string_view text, const std::string& source) {
  JsonBuilder builder(text, source);
  Json::sax_parse(text, &builder, Json::input_format_t::json, /*strict=*/true,
                  /*ignore_comments=*/true);
  return builder.Take();
}

Json ReadJsonFile(const std::filesystem::path& path) {
  return ParseJson(ReadFile(path), path.string());
}

void WriteJsonFile(const std::filesystem::path& path, const Json& json) {
  WriteFileAtomically(path, ReadableText(json));
}

std::string ReadableText(const Json& json) {
  std::string text;
  AppendReadable(json, 0, &text);
  return PrintableJson(text) + "\n";
}

std::string WordOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : CanonicalText(value);
}

std::string CanonicalText(const Json& json) {
  // Sorting the keys takes a copy; what has none is done without.
  return json.is_structured() ? nlohmann::json(json).dump() : json.dump();
}

}  // namespace isoflop
