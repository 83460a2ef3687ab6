#include "lib/core/object_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "lib/core/quote.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

template <typename Number>
std::string Allowed(Range<Number> range) {
  const bool low = range.lowest != Range<Number>{}.lowest;
  const bool high = range.highest != Range<Number>{}.highest;
  if constexpr (std::is_same_v<Number, double>) {
    if (range.lowest == kPositive) {
      return high ? fmt::format("above 0 and at most {}", range.highest)
                  : "above 0";
    }
  }
  if (low && high) {
    return fmt::format("from {} to {}", range.lowest, range.highest);
  }
  if (low) return fmt::format("at least {}", range.lowest);
  return high ? fmt::format("at most {}", range.highest) : "any number";
}

std::optional<double> AsDouble(const Json& json) {
  if (!json.is_number()) return std::nullopt;
  const auto value = json.get<double>();
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> AsInteger(const Json& json) {
  if (json.is_number_unsigned()) {
    const auto value = json.get<std::uint64_t>();
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(value);
  }
  if (json.is_number_integer()) return json.get<std::int64_t>();
  // People write 1e6 too, which is whole where a double holds it exactly.
  const auto value = AsDouble(json);
  constexpr double kExact = 9007199254740992.0;  // 2^53
  if (!value || *value != std::floor(*value) || std::abs(*value) > kExact) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

/// Returns what is wrong with `json` as a number, or nothing.
template <typename Number, typename Convert>
std::string Complaint(const Json& json, Range<Number> allowed, const char* kind,
                      Convert convert, Number* value) {
  const std::optional<Number> number = convert(json);
  if (!number) return fmt::format("must be {}, got {}", kind, Quoted(json));
  if (*number < allowed.lowest || *number > allowed.highest) {
    return fmt::format("must be {}, got {}", Allowed(allowed), Quoted(json));
  }
  *value = *number;
  return {};
}

/// Paths and names end at a NUL for the operating system, and for us do not.
bool HasNul(const Json& text) {
  return text.get_ref<const std::string&>().find('\0') != std::string::npos;
}

constexpr const char* kNumber = "a number";
constexpr const char* kInteger = "a whole number";

}  // namespace

ObjectReader::ObjectReader(const Json& json, std::string path,
                           Problems* problems)
    : path_(std::move(path)), problems_(problems) {
  if (json.is_object()) {
    json_ = &json;
  } else {
    problems_->Add(path_, "must be an object, got " + Quoted(json));
  }
}

std::string ObjectReader::PathOf(std::string_view key) const {
  // "a.json" is the file itself; below it, paths go on with dots.
  const bool at_top = path_.find(": ") == std::string::npos;
  return fmt::format("{}{}{}", path_, at_top ? ": " : ".", key);
}

bool ObjectReader::Has(std::string_view key) const {
  return json_ != nullptr && json_->contains(key);
}

bool ObjectReader::Need(std::string_view key) {
  if (Has(key) || json_ == nullptr) return Has(key);
  return Refuse(key, "is missing");
}

bool ObjectReader::Refuse(std::string_view key, const std::string& what) {
  problems_->Add(PathOf(key), what);
  return false;
}

const Json* ObjectReader::Find(std::string_view key) {
  known_.emplace_back(key);
  return Has(key) ? &json_->find(key).value() : nullptr;
}

const Json* ObjectReader::Child(std::string_view key) { return Find(key); }

bool ObjectReader::Read(std::string_view key, bool* value) {
  const Json* found = Find(key);
  if (found == nullptr) return false;
  if (!found->is_boolean()) {
    return Refuse(key, "must be true or false, got " + Quoted(*found));
  }
  *value = found->get<bool>();
  return true;
}

bool ObjectReader::Read(std::string_view key, std::string* value) {
  const Json* found = Find(key);
  if (found == nullptr) return false;
  if (!found->is_string() || found->get_ref<const std::string&>().empty()) {
    return Refuse(key, "must be a non-empty string, got " + Quoted(*found));
  }
  if (HasNul(*found)) return Refuse(key, "must have no NUL character");
  *value = found->get<std::string>();
  return true;
}

bool ObjectReader::ReadWord(std::string_view key,
                            const std::vector<std::string_view>& allowed,
                            std::string* value) {
  std::string word;
  if (!Read(key, &word)) return false;
  if (std::ranges::find(allowed, word) == allowed.end()) {
    return Refuse(key, fmt::format("must be one of {}, got \"{}\"{}",
                                   fmt::join(allowed, ", "), word,
                                   Suggestion(word, allowed)));
  }
  *value = std::move(word);
  return true;
}

bool ObjectReader::Read(std::string_view key, double* value,
                        Range<double> allowed) {
  const Json* found = Find(key);
  if (found == nullptr) return false;
  const auto wrong = Complaint(*found, allowed, kNumber, AsDouble, value);
  return wrong.empty() || Refuse(key, wrong);
}

bool ObjectReader::Read(std::string_view key, std::int64_t* value,
                        Range<std::int64_t> allowed) {
  const Json* found = Find(key);
  if (found == nullptr) return false;
  const auto wrong = Complaint(*found, allowed, kInteger, AsInteger, value);
  return wrong.empty() || Refuse(key, wrong);
}

namespace {

/// Reads every element with `element(json, &value)`, which returns what is
/// wrong or nothing; calls `refuse(index or -1, what)` for each complaint.
template <typename Value, typename Element, typename RefuseAt>
bool ReadArray(const Json& json, std::vector<Value>* values, Element element,
               RefuseAt refuse) {
  if (!json.is_array() || json.empty()) {
    return refuse(-1, "must be a non-empty array, got " + Quoted(json));
  }
  std::vector<Value> read(json.size());
  bool valid = true;
  for (std::size_t i = 0; i < json.size(); ++i) {
    Value value{};
    const std::string wrong = element(json[i], &value);
    if (!wrong.empty()) valid = refuse(static_cast<int>(i), wrong);
    read[i] = std::move(value);
  }
  // All or nothing: what was there before is a default.
  if (valid) *values = std::move(read);
  return valid;
}

std::string Indexed(std::string_view key, int index) {
  return index < 0 ? std::string(key) : fmt::format("{}[{}]", key, index);
}

}  // namespace

bool ObjectReader::Read(std::string_view key, std::vector<double>* values,
                        Range<double> allowed) {
  const Json* found = Find(key);
  if (found == nullptr) return false;
  return ReadArray(
      *found, values,
      [&](const Json& json, double* value) {
        return Complaint(json, allowed, kNumber, AsDouble, value);
      },
      [&](int i, const std::string& what) {
        return Refuse(Indexed(key, i), what);
      });
}

bool ObjectReader::Read(std::string_view key, std::vector<std::int64_t>* values,
                        Range<std::int64_t> allowed) {
  const Json* found = Find(key);
  if (found == nullptr) return false;
  return ReadArray(
      *found, values,
      [&](const Json& json, std::int64_t* value) {
        return Complaint(json, allowed, kInteger, AsInteger, value);
      },
      [&](int i, const std::string& what) {
        return Refuse(Indexed(key, i), what);
      });
}

bool ObjectReader::Read(std::string_view key,
                        std::vector<std::string>* values) {
  const Json* found = Find(key);
  if (found == nullptr) return false;
  return ReadArray(
      *found, values,
      [](const Json& json, std::string* value) -> std::string {
        if (!json.is_string() || json.get_ref<const std::string&>().empty()) {
          return "must be a non-empty string, got " + Quoted(json);
        }
        if (HasNul(json)) return "must have no NUL character";
        *value = json.get<std::string>();
        return {};
      },
      [&](int i, const std::string& what) {
        return Refuse(Indexed(key, i), what);
      });
}

void ObjectReader::Finish() {
  if (json_ == nullptr) return;
  std::vector<std::string_view> known;  // each once
  for (const std::string& key : known_) {
    if (std::ranges::find(known, key) == known.end()) known.push_back(key);
  }
  for (const auto& item : json_->items()) {
    if (std::ranges::find(known, item.key()) != known.end()) continue;
    Refuse(item.key(),
           fmt::format("unknown key{}; the keys here are {}",
                       Suggestion(item.key(), known), fmt::join(known, ", ")));
  }
}

}  // namespace isoflop
