#include "lib/core/json.h"

#include <algorithm>
#include <set>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/files.h"
#include "lib/core/utf8.h"

namespace isoflop {
namespace {

// Values are written and compared recursively, and nothing here is deep.
constexpr int kMaxDepth = 100;

/// Remembers the keys of the objects that are open, innermost last.
class DuplicateKeyCheck {
 public:
  explicit DuplicateKeyCheck(const std::string& source) : source_(source) {}

  void Observe(Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start) open_.emplace_back();
    if (event == Event::object_end) open_.pop_back();
    if (event != Event::key) return;
    const auto key = parsed.get<std::string>();
    Require(open_.back().insert(key).second, "{}: key \"{}\" occurs twice",
            source_, key);
  }

 private:
  const std::string& source_;
  std::vector<std::set<std::string>> open_;
};

/// The library's message without its own prefix: "[json.exception...] "; of a
/// long one, which repeats what was read, the beginning.
std::string Cause(const std::exception& error) {
  constexpr std::size_t kLongest = 300;
  std::string message = error.what();
  const auto end = message.find("] ");
  if (end != std::string::npos) message.erase(0, end + 2);
  if (message.size() <= kLongest) return message;
  return std::string(
             ValidUtf8Prefix(std::string_view(message).substr(0, kLongest))) +
         "...";
}

/// The value on one line; what is no UTF-8 becomes U+FFFD.
std::string Dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string SpacedArray(const Json& array) {
  std::string text = "[";
  for (const Json& element : array) {
    if (text.size() > 1) text += ", ";
    text += Dump(element);
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
    *text += Dump(json);
    return;
  }
  const char* separator = "";
  *text += json.is_object() ? '{' : '[';
  for (const auto& item : json.items()) {
    text->append(separator).append("\n").append(indent + 2, ' ');
    if (json.is_object()) *text += Dump(Json(item.key())) + ": ";
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
  return text + "\n";
}

std::string CanonicalText(const Json& json) {
  return nlohmann::json(json).dump();
}

}  // namespace isoflop
