#include "lib/core/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/printable.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

// Values are written and compared recursively, and nothing here is deep.
constexpr int kMaxDepth = 100;

/// Remembers the objects and arrays that are open, innermost last.
class DuplicateKeyCheck {
 public:
  explicit DuplicateKeyCheck(const std::string& source) : source_(source) {}

  void Observe(Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    switch (event) {
      case Event::key:
        return OnKey(parsed.get<std::string>());
      case Event::value:
        return CountElement();
      case Event::object_start:
      case Event::array_start:
        CountElement();
        open_.push_back({.array = event == Event::array_start});
        return;
      case Event::object_end:
      case Event::array_end:
        open_.pop_back();
        return;
    }
  }

 private:
  /// An object or array that has begun and not ended.
  struct Open {
    bool array = false;
    int elements = 0;   // of an array, so far
    std::string key{};  // of an object, the one being read
    std::set<std::string> keys{};
  };

  void CountElement() {
    if (!open_.empty()) ++open_.back().elements;
  }

  void OnKey(const std::string& key) {
    open_.back().key = key;
    Require(open_.back().keys.insert(key).second, "{}: {}: key occurs twice",
            source_, Path());
  }

  /// "grid.sizes[1].d_model"
  std::string Path() const {
    std::string path;
    for (const Open& open : open_) {
      if (open.array) {
        path += fmt::format("[{}]", open.elements - 1);
      } else {
        path += (path.empty() ? "" : ".") + open.key;
      }
    }
    return path;
  }

  const std::string& source_;
  std::vector<Open> open_;
};

/// The library's message without its own prefix: "[json.exception...] "; of a
/// long one, which repeats what was read, the beginning.
std::string Cause(const std::exception& error) {
  constexpr std::size_t kLongest = 300;
  std::string message = error.what();
  const auto end = message.find("] ");
  if (end != std::string::npos) message.erase(0, end + 2);
  return Shortened(message, kLongest);
}

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
  DuplicateKeyCheck check(source);
  const auto observe = [&](int depth, Json::parse_event_t event, Json& parsed) {
    using Event = Json::parse_event_t;
    const bool opens =
        event == Event::object_start || event == Event::array_start;
    Require(!opens || depth < kMaxDepth, "{}: nested more than {} deep", source,
            kMaxDepth);
    check.Observe(event, parsed);
    return true;
  };
  try {
    return Json::parse(text, observe, /*allow_exceptions=*/true,
                       /*ignore_comments=*/true);
  } catch (const Json::exception& error) {
    throw Error(source + ": not valid JSON: " + Cause(error));
  }
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
