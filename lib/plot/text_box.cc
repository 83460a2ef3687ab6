#include "lib/plot/text_box.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "lib/core/utf8.h"

namespace isoflop {
namespace {

/// Width of a character over the font size, of Helvetica and its kin.
double Relative(std::string_view character) {
  constexpr std::string_view kNarrow = "ijlt fI.,:;|'!()[]{}/\\-";
  constexpr std::string_view kWide = "mwMW@%";
  if (character.size() > 2) return 1.0;  // perhaps an ideograph
  if (character.size() == 2) return 0.64;
  const char c = character.front();
  if (kNarrow.find(c) != std::string_view::npos) return 0.36;
  if (kWide.find(c) != std::string_view::npos) return 0.95;
  return c >= 'A' && c <= 'Z' ? 0.73 : 0.59;
}

/// Places that had to become neighbours, `apart` from each other.
struct Cluster {
  double sum = 0.0;  // of wanted place - position within the cluster
  int count = 0;

  double first() const { return sum / count; }
};

}  // namespace

bool Overlapping(const Box& one, const Box& other) {
  return one.left < other.right && other.left < one.right &&
         one.top < other.bottom && other.top < one.bottom;
}

double TextWidth(std::string_view text, double font_size) {
  double width = 0.0;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(1, CharacterLength(text));
    width += Relative(text.substr(0, length));
    text.remove_prefix(length);
  }
  return width * font_size;
}

std::vector<double> SpreadApart(std::span<const double> wanted, double apart,
                                double low, double high) {
  if (wanted.empty()) return {};
  std::vector<std::size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {},
                           [&wanted](std::size_t i) { return wanted[i]; });
  const double room = high - low;
  const double gaps = static_cast<double>(wanted.size()) - 1.0;
  if (gaps * apart > room) apart = room / gaps;

  // Clusters that meet are merged: least squares of the displacements.
  std::vector<Cluster> clusters;
  for (const std::size_t i : order) {
    clusters.push_back({std::clamp(wanted[i], low, high), 1});
    while (clusters.size() > 1) {
      const Cluster& last = clusters.back();
      Cluster& before = clusters[clusters.size() - 2];
      const double end = before.first() + before.count * apart;
      if (end <= last.first()) break;
      before.sum += last.sum - last.count * before.count * apart;
      before.count += last.count;
      clusters.pop_back();
    }
  }
  std::vector<double> ordered;
  for (const Cluster& cluster : clusters) {
    for (int i = 0; i < cluster.count; ++i) {
      ordered.push_back(cluster.first() + i * apart);
    }
  }
  // Into the room: from below, then from above.
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const double least = i == 0 ? low : ordered[i - 1] + apart;
    ordered[i] = std::max(ordered[i], least);
  }
  for (std::size_t i = ordered.size(); i-- > 0;) {
    const double most = i + 1 == ordered.size() ? high : ordered[i + 1] - apart;
    ordered[i] = std::min(ordered[i], most);
  }
  std::vector<double> places(wanted.size());
  for (std::size_t k = 0; k < order.size(); ++k) places[order[k]] = ordered[k];
  return places;
}

}  // namespace isoflop
