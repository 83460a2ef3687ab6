#include "lib/numeric/thinned.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

#include "lib/numeric/order.h"

namespace isoflop {
namespace {

/// Every so manieth, at most `most` of them, the first among them.
std::vector<std::size_t> Sparse(const std::vector<std::size_t>& all,
                                std::size_t most) {
  if (most == 0) return {};
  const std::size_t every =
      std::max<std::size_t>(1, (all.size() + most - 1) / most);
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < all.size(); i += every) kept.push_back(all[i]);
  return kept;
}

std::vector<std::size_t> EnvelopeOf(std::span<const double> x,
                                    std::span<const double> y) {
  std::vector<std::size_t> envelope;
  for (const std::size_t i : OrderBy(
           x.size(), [&](std::size_t k) { return std::pair(x[k], y[k]); })) {
    if (envelope.empty() || y[i] < y[envelope.back()]) envelope.push_back(i);
  }
  return envelope;
}

std::vector<std::size_t> AllOf(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

}  // namespace

std::vector<std::size_t> ThinCurve(std::span<const double> y,
                                   std::size_t most) {
  if (y.size() <= most) return AllOf(y.size());
  const std::size_t stretches = (most - 2) / 2;
  const std::size_t inner = y.size() - 2;
  std::vector<std::size_t> kept = {0};
  for (std::size_t k = 0; k < stretches; ++k) {
    const auto place = [&](std::size_t stretch) {
      return y.begin() + 1 +
             static_cast<std::ptrdiff_t>(stretch * inner / stretches);
    };
    const auto [low, high] = std::minmax_element(place(k), place(k + 1));
    const auto [first, second] = std::minmax(low, high);
    kept.push_back(static_cast<std::size_t>(first - y.begin()));
    if (first == second) continue;
    kept.push_back(static_cast<std::size_t>(second - y.begin()));
  }
  kept.push_back(y.size() - 1);
  return kept;
}

std::vector<std::size_t> ThinPoints(std::span<const double> x,
                                    std::span<const double> y,
                                    std::size_t most) {
  if (x.size() <= most) return AllOf(x.size());
  std::set<std::size_t> kept;
  for (const auto& values : {x, y}) {
    const auto [low, high] = std::ranges::minmax_element(values);
    kept.insert(static_cast<std::size_t>(low - values.begin()));
    kept.insert(static_cast<std::size_t>(high - values.begin()));
  }
  for (const std::size_t i : Sparse(EnvelopeOf(x, y), most / 2)) {
    if (kept.size() < most) kept.insert(i);
  }
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!kept.contains(i)) others.push_back(i);
  }
  const auto more = Sparse(others, most - kept.size());
  kept.insert(more.begin(), more.end());
  return {kept.begin(), kept.end()};
}

}  // namespace isoflop
