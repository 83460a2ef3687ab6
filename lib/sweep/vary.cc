#include "lib/sweep/vary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "lib/core/quote.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::array<std::string_view, 3> kSections = {"model", "training",
                                                       "data"};
constexpr std::size_t kMostCombinations = 10'000;

using Axis = std::vector<VariedValue>;

bool IsBelow(std::string_view path, std::string_view ancestor) {
  return path.size() > ancestor.size() && path.starts_with(ancestor) &&
         (path[ancestor.size()] == '.' || path[ancestor.size()] == '[');
}

/// Returns what is wrong with the name of an axis, or nothing.
std::string AxisComplaint(const std::string& axis, const Json& vary) {
  const bool known = std::ranges::any_of(
      kSections, [&](std::string_view s) { return IsBelow(axis, s); });
  if (!known || axis.back() == '.' || axis.find("..") != std::string::npos ||
      axis.find('[') != std::string::npos) {
    return fmt::format(
        "must be a key path below model, training or data, such as "
        "\"model.position\", got \"{}\"",
        axis);
  }
  for (const auto& other : vary.items()) {
    if (IsBelow(axis, other.key())) {
      return fmt::format("is part of the axis \"{}\"", other.key());
    }
  }
  return {};
}

Axis ReadAxis(const std::string& name, const Json& values,
              const std::string& where, Problems* problems) {
  Axis axis;
  if (!values.is_array() || values.empty()) {
    problems->Add(where,
                  "must be a non-empty array of values, got " + Quoted(values));
    return axis;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto here = fmt::format("{}[{}]", where, i);
    const auto same = [&](const auto& v) { return v.value == values[i]; };
    if (std::ranges::any_of(axis, same)) {
      problems->Add(here, Quoted(values[i]) + " is there already");
    }
    axis.push_back({name, here, values[i]});
  }
  return axis;
}

std::vector<Axis> ReadAxes(const Json& vary, const std::string& path,
                           Problems* problems) {
  std::vector<Axis> axes;
  for (const auto& item : vary.items()) {
    const auto where = fmt::format("{}.\"{}\"", path, item.key());
    const std::string wrong = AxisComplaint(item.key(), vary);
    if (!wrong.empty()) {
      problems->Add(where, wrong);
      continue;
    }
    Axis axis = ReadAxis(item.key(), item.value(), where, problems);
    if (!axis.empty()) axes.push_back(std::move(axis));
  }
  return axes;
}

/// Sets the value at its path. Does nothing where the path goes through
/// something that is no object, which its parser will complain of.
void Set(const VariedValue& varied, Json* sections) {
  Json* at = sections;
  std::string_view rest = varied.axis;
  while (!rest.empty()) {
    if (at->is_null()) *at = Json::object();
    if (!at->is_object()) return;
    const auto dot = std::min(rest.find('.'), rest.size());
    at = &(*at)[std::string(rest.substr(0, dot))];
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  *at = varied.value;
}

Json Sections(const Json& file) {
  Json sections = Json::object();
  for (const auto section : kSections) {
    const bool given = file.is_object() && file.contains(section);
    sections[std::string(section)] =
        given ? file.at(std::string(section)) : Json::object();
  }
  return sections;
}

std::vector<std::vector<VariedValue>> Product(const std::vector<Axis>& axes) {
  // Without axes there is one combination, of nothing.
  std::vector<std::vector<VariedValue>> product{{}};
  for (const Axis& axis : axes) {
    std::vector<std::vector<VariedValue>> longer;
    for (const auto& values : product) {
      for (const VariedValue& value : axis) {
        longer.push_back(values);
        longer.back().push_back(value);
      }
    }
    product = std::move(longer);
  }
  return product;
}

/// Returns how many combinations there are, or more than kMostCombinations.
std::size_t CountCombinations(const std::vector<Axis>& axes) {
  std::size_t count = 1;
  for (const Axis& axis : axes) {
    // Capped at every step, so that no product overflows.
    count = std::min(count * axis.size(), kMostCombinations + 1);
  }
  return count;
}

/// Returns the complaint with the place of the varied value it is about,
/// unchanged if it is about none.
std::string AtVariedValue(const std::string& message,
                          const Combination& combination,
                          const std::string& source) {
  const std::string prefix = source + ": ";
  if (!message.starts_with(prefix)) return message;
  const auto colon = message.find(": ", prefix.size());
  const auto path = message.substr(prefix.size(), colon - prefix.size());
  for (const VariedValue& value : combination.values) {
    if (path != value.axis && !IsBelow(path, value.axis)) continue;
    return value.where + path.substr(value.axis.size()) +
           (colon == std::string::npos ? "" : message.substr(colon));
  }
  return message;
}

}  // namespace

Json Combination::Settings() const {
  Json settings = Json::object();
  for (const VariedValue& varied : values) settings[varied.axis] = varied.value;
  return settings;
}

std::string SettingsInWords(const Json& settings) {
  std::vector<std::string> words;
  for (const auto& setting : settings.items()) {
    words.push_back(setting.key() + " = " + WordOf(setting.value()));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::vector<Combination> Combinations(const Json& file,
                                      const std::string& source,
                                      Problems* problems) {
  std::vector<Axis> axes;
  const std::string path = source + ": vary";
  if (file.is_object() && file.contains("vary")) {
    const Json& vary = file.at("vary");
    if (!vary.is_object()) {
      problems->Add(path, "must be an object of arrays, got " + Quoted(vary));
    } else {
      axes = ReadAxes(vary, path, problems);
    }
  }
  if (CountCombinations(axes) > kMostCombinations) {
    problems->Add(
        path, fmt::format("has more than {} combinations", kMostCombinations));
    axes.clear();
  }
  std::vector<Combination> combinations;
  for (auto& values : Product(axes)) {
    Combination combination{std::move(values), Sections(file)};
    for (const auto& v : combination.values) Set(v, &combination.sections);
    combinations.push_back(std::move(combination));
  }
  return combinations;
}

void AddFound(const std::vector<Combination>& combinations,
              const std::vector<Problems>& found, const std::string& source,
              Problems* problems) {
  std::map<std::string, std::size_t> times;
  for (const Problems& of_one : found) {
    for (const auto& message : of_one.messages()) ++times[message];
  }
  std::set<std::string> said;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const auto& message : found[i].messages()) {
      if (!said.insert(message).second) continue;
      std::string placed = AtVariedValue(message, combinations[i], source);
      // What is wrong in all combinations is not due to the settings of one.
      if (placed == message && times[message] < found.size()) {
        placed += " (with " + combinations[i].Settings().dump() + ")";
      }
      problems->Add("", placed);
    }
  }
}

}  // namespace isoflop
