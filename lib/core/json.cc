#include "lib/core/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <iterator>
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
/// three times as slow, could tell. Values wait until what they are in closes,
/// and its size is known: members of an object cannot be moved when it grows,
/// only copied.
class JsonBuilder : public nlohmann::json_sax<Json> {
 public:
  /// All outlive it. With `wanted`, it stops where the root has these members.
  JsonBuilder(std::string_view text, const std::string& source,
              std::span<const std::string_view> wanted = {})
      : text_(text), source_(source), wanted_(wanted) {}

  Json Take() {
    if (!open_.empty()) CloseObject();  // where it stopped
    return std::move(values_.back());
  }

  bool null() override { return Add(nullptr); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool number_float(number_float_t value, const string_t&) override {
    return Add(value);
  }
  bool string(string_t& value) override { return Add(std::move(value)); }
  bool binary(binary_t& value) override { return Add(std::move(value)); }

  bool start_object(std::size_t) override { return Open(true); }
  bool key(string_t& name) override {
    if (open_.size() == 1 && HasWanted()) return false;
    Require(!HasKey(name), "{}: {}: key occurs twice", source_, PathOf(name));
    keys_.push_back(std::move(name));
    return true;
  }
  bool end_object() override { return CloseObject(); }

  bool start_array(std::size_t) override { return Open(false); }
  bool end_array() override {
    const auto first = FirstValue();
    Json::array_t elements(std::make_move_iterator(first),
                           std::make_move_iterator(values_.end()));
    return Close(std::move(elements));
  }

  bool parse_error(std::size_t, const std::string&,
                   const Json::exception& error) override {
    const auto kind = NoPlainText(text_);
    throw Error(source_ + (kind ? ": " + InWords(*kind)
                                : ": not valid JSON: " + Cause(error)));
  }

 private:
  /// An object or array that has not ended, and where its own begin.
  struct Frame {
    bool is_object;
    std::size_t first_value;
    std::size_t first_key;
  };

  std::vector<Json>::iterator FirstValue() {
    return values_.begin() +
           static_cast<std::ptrdiff_t>(open_.back().first_value);
  }

  /// Of the innermost object.
  bool HasKey(std::string_view name) const {
    const auto keys = std::span(keys_).subspan(open_.back().first_key);
    return std::ranges::find(keys, name) != keys.end();
  }

  bool HasWanted() const {
    return !wanted_.empty() &&
           std::ranges::all_of(
               wanted_, [this](std::string_view name) { return HasKey(name); });
  }

  bool Add(Json value) {
    values_.push_back(std::move(value));
    return true;
  }

  bool Open(bool is_object) {
    Require(open_.size() < kMaxDepth, "{}: nested more than {} deep", source_,
            kMaxDepth);
    open_.push_back({is_object, values_.size(), keys_.size()});
    return true;
  }

  bool CloseObject() {
    auto key =
        keys_.begin() + static_cast<std::ptrdiff_t>(open_.back().first_key);
    Json::object_t members;
    members.reserve(static_cast<std::size_t>(keys_.end() - key));
    for (auto value = FirstValue(); value != values_.end(); ++value, ++key) {
      members.emplace_back(std::move(*key), std::move(*value));
    }
    keys_.resize(open_.back().first_key);
    return Close(std::move(members));
  }

  bool Close(Json whole) {
    values_.erase(FirstValue(), values_.end());
    open_.pop_back();
    return Add(std::move(whole));
  }

  /// "grid.sizes[1].d_model", for a key of the innermost object.
  std::string PathOf(const std::string& name) const {
    std::string path;
    const auto add = [&path](const std::string& key) {
      path += (path.empty() ? "" : ".") + key;
    };
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      const Frame& next = open_[i + 1];
      if (open_[i].is_object) {
        add(keys_[next.first_key - 1]);
      } else {
        path += fmt::format("[{}]", next.first_value - open_[i].first_value);
      }
    }
    add(name);
    return path;
  }

  std::string_view text_;
  const std::string& source_;
  std::span<const std::string_view> wanted_;
  std::vector<Frame> open_;        // innermost last
  std::vector<Json> values_;       // of what is open; in the end the root
  std::vector<std::string> keys_;  // of the objects that are open
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

Json ReadJsonUpTo(const std::filesystem::path& path,
                  std::span<const std::string_view> members) {
  const std::string source = path.string();
  std::ifstream file(path, std::ios::binary);
  Require(file.is_open(), "{}: cannot read", source);
  JsonBuilder builder({}, source, members);
  Json::sax_parse(file, &builder, Json::input_format_t::json, /*strict=*/true,
                  /*ignore_comments=*/true);
  return builder.Take();
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
