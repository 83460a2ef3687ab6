// A vector made element by element from another range.

#pragma once

#include <functional>
#include <ranges>
#include <type_traits>
#include <vector>

namespace isoflop {

/// Returns what `of`, a function or a member, is of each element, in order.
template <std::ranges::sized_range Range, typename Function>
auto Transformed(const Range& range, Function of) {
  using Element = std::ranges::range_reference_t<const Range>;
  std::vector<std::decay_t<std::invoke_result_t<Function&, Element>>> results;
  results.reserve(std::ranges::size(range));
  for (const auto& element : range) {
    results.push_back(std::invoke(of, element));
  }
  return results;
}

}  // namespace isoflop
