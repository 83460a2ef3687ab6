#include "analysis/observe/run_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#include "analysis/solve/limits.h"
#include "lib/core/random.h"
#include "lib/core/transformed.h"
#include "lib/numeric/order.h"

namespace isoflop {
namespace {

std::size_t CountDistinct(std::span<const LawRun> runs, double LawRun::*value) {
  return isoflop::CountDistinct(Transformed(runs, value));
}

}  // namespace

std::string LackOfSizesOrTokens(std::span<const LawRun> runs) {
  const std::size_t sizes = CountDistinct(runs, &LawRun::N);
  const std::size_t tokens = CountDistinct(runs, &LawRun::D);
  if (sizes >= kFewestValues && tokens >= kFewestValues) return {};
  const bool is_sizes = sizes < kFewestValues;
  return fmt::format("{} different {}: at least {} are needed",
                     is_sizes ? sizes : tokens, is_sizes ? "N" : "D",
                     kFewestValues);
}

std::string LackOfValues(std::span<const LawRun> runs, double LawRun::*input,
                         const char* name, std::size_t fewest) {
  const std::size_t values = CountDistinct(runs, input);
  if (values >= fewest) return {};
  return fmt::format(
      "{} different {}: at least {} are needed to see a power of {} over a "
      "constant",
      values, name, fewest, name);
}

std::vector<std::size_t> SampleOf(std::span<const LawRun> runs,
                                  const std::vector<double LawRun::*>& inputs,
                                  std::size_t count) {
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  order.reserve(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::uint64_t key = std::bit_cast<std::uint64_t>(runs[i].y);
    for (const auto input : inputs) {
      key = MixBits(key, std::bit_cast<std::uint64_t>(runs[i].*input));
    }
    order.emplace_back(key, i);
  }
  for (const auto input : inputs) {
    const auto [low, high] = std::ranges::minmax_element(
        order, {}, [&](const auto& row) { return runs[row.second].*input; });
    low->first = high->first = 0;
  }
  std::ranges::nth_element(order,
                           order.begin() + static_cast<std::ptrdiff_t>(count));
  order.resize(count);
  auto sample = Transformed(order, [](const auto& row) { return row.second; });
  std::ranges::sort(sample);
  return sample;
}

}  // namespace isoflop
