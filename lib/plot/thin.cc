#include "lib/plot/thin.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>

namespace isoflop {
namespace {

/// Every so manieth, at most `most` of them, the first among them.
std::vector<std::size_t> Sparse(const std::vector<std::size_t>& all,
                                std::size_t most) {
  if (most == 0) return {};
  const std::size_t every = (all.size() + most - 1) / most;
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < all.size();
       i += std::max<std::size_t>(1, every)) {
    kept.push_back(all[i]);
  }
  return kept;
}

std::vector<std::size_t> LowerEnvelope(std::span<const Place> points) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&points](std::size_t i) {
    return std::pair(points[i].x, points[i].y);
  });
  std::vector<std::size_t> envelope;
  for (const std::size_t i : order) {
    if (envelope.empty() || points[i].y < points[envelope.back()].y) {
      envelope.push_back(i);
    }
  }
  return envelope;
}

}  // namespace

std::vector<Place> ThinCurve(std::vector<Place> curve, std::size_t most) {
  if (curve.size() <= most) return curve;
  const std::size_t stretches = (most - 2) / 2;
  const std::size_t inner = curve.size() - 2;
  std::vector<Place> kept = {curve.front()};
  for (std::size_t k = 0; k < stretches; ++k) {
    const auto begin =
        curve.begin() + 1 + static_cast<std::ptrdiff_t>(k * inner / stretches);
    const auto end = curve.begin() + 1 +
                     static_cast<std::ptrdiff_t>((k + 1) * inner / stretches);
    const auto [low, high] = std::minmax_element(
        begin, end, [](const Place& a, const Place& b) { return a.y < b.y; });
    const auto [first, second] = std::minmax(low, high);
    kept.push_back(*first);
    if (first != second) kept.push_back(*second);
  }
  kept.push_back(curve.back());
  return kept;
}

std::vector<std::size_t> ThinPoints(std::span<const Place> points,
                                    std::size_t most) {
  std::vector<std::size_t> all(points.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  if (points.size() <= most) return all;
  std::set<std::size_t> kept;
  const auto [left, right] = std::ranges::minmax_element(points, {}, &Place::x);
  const auto [low, high] = std::ranges::minmax_element(points, {}, &Place::y);
  for (const auto& end : {left, right, low, high}) {
    kept.insert(static_cast<std::size_t>(end - points.begin()));
  }
  for (const std::size_t i : Sparse(LowerEnvelope(points), most / 2)) {
    if (kept.size() < most) kept.insert(i);
  }
  std::vector<std::size_t> others;
  std::ranges::copy_if(all, std::back_inserter(others),
                       [&kept](std::size_t i) { return !kept.contains(i); });
  const auto more = Sparse(others, most - kept.size());
  kept.insert(more.begin(), more.end());
  return {kept.begin(), kept.end()};
}

}  // namespace isoflop
