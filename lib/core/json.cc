#include "lib/core/json.h"

#include <set>
#include <vector>

#include "lib/core/error.h"
#include "lib/core/files.h"

namespace isoflop {
namespace {

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

/// The library's message without its own prefix: "[json.exception...] ".
std::string Cause(const std::exception& error) {
  const std::string message = error.what();
  const auto end = message.find("] ");
  return end == std::string::npos ? message : message.substr(end + 2);
}

}  // namespace

Json ParseJson(std::string_view text, const std::string& source) {
  DuplicateKeyCheck check(source);
  const auto observe = [&check](int, Json::parse_event_t event, Json& parsed) {
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
  WriteFileAtomically(path, json.dump(2) + "\n");
}

std::string CanonicalText(const Json& json) {
  return nlohmann::json(json).dump();
}

}  // namespace isoflop
