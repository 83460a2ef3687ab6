// Enumerators and the words that stand for them in files.
//
// An enum that appears in JSON declares, beside itself,
//   constexpr std::array<NamedValue<Kind>, 2> EnumNames(Kind) { ... }
// and every reader and writer goes through the functions below, so no string
// is compared anywhere else.

#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace isoflop {

template <typename Enum>
struct NamedValue {
  Enum value;
  std::string_view name;
};

/// Returns the word for `value`. REQUIRES: EnumNames lists it.
template <typename Enum>
constexpr std::string_view NameOf(Enum value) {
  for (const auto& entry : EnumNames(Enum{})) {
    if (entry.value == value) return entry.name;
  }
  return {};
}

/// Returns the enumerator that `name` stands for, if any.
template <typename Enum>
constexpr std::optional<Enum> FromName(std::string_view name) {
  for (const auto& entry : EnumNames(Enum{})) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

/// Returns every word, in the order of the table.
template <typename Enum>
std::vector<std::string_view> AllNames() {
  std::vector<std::string_view> names;
  for (const auto& entry : EnumNames(Enum{})) names.push_back(entry.name);
  return names;
}

}  // namespace isoflop
