#include "lib/core/json_diff.h"

#include <fmt/format.h>

#include <algorithm>

namespace isoflop {
namespace {

/// A value, or nullptr where there is none.
using Side = const Json*;

std::string Shown(Side side) {
  if (side == nullptr) return "(absent)";
  // Text that is no UTF-8 is shown all the same.
  std::string text = side->dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

Side Member(const Json& object, const std::string& key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

Side Element(const Json& array, std::size_t index) {
  return index < array.size() ? &array[index] : nullptr;
}

class Comparison {
 public:
  std::vector<std::string> Take() && { return std::move(lines_); }

  void Compare(Side before, Side after, const std::string& path) {
    if (before != nullptr && after != nullptr) {
      if (before->is_object() && after->is_object()) {
        return CompareObjects(*before, *after, path);
      }
      if (before->is_array() && after->is_array()) {
        return CompareArrays(*before, *after, path);
      }
      if (*before == *after) return;
    }
    lines_.push_back(fmt::format("{}{}{} -> {}", path, path.empty() ? "" : ": ",
                                 Shown(before), Shown(after)));
  }

 private:
  void CompareObjects(const Json& before, const Json& after,
                      const std::string& path) {
    const std::string prefix = path.empty() ? "" : path + ".";
    for (const auto& item : before.items()) {
      Compare(&item.value(), Member(after, item.key()), prefix + item.key());
    }
    for (const auto& item : after.items()) {
      if (before.contains(item.key())) continue;
      Compare(nullptr, &item.value(), prefix + item.key());
    }
  }

  void CompareArrays(const Json& before, const Json& after,
                     const std::string& path) {
    const std::size_t size = std::max(before.size(), after.size());
    for (std::size_t i = 0; i < size; ++i) {
      Compare(Element(before, i), Element(after, i),
              fmt::format("{}[{}]", path, i));
    }
  }

  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> DiffJson(const Json& before, const Json& after) {
  Comparison comparison;
  comparison.Compare(&before, &after, "");
  return std::move(comparison).Take();
}

}  // namespace isoflop
