#include "lib/plot/contours.h"

#include <array>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace isoflop {
namespace {

/// An edge of the grid, by number; a line crosses it at most once.
using Edge = std::int64_t;
using Segment = std::pair<Edge, Edge>;

class Marcher {
 public:
  Marcher(const Field& field, double level) : field_(field), level_(level) {}

  std::vector<Segment> Segments() {
    std::vector<Segment> segments;
    for (std::size_t j = 0; j + 1 < field_.y.size(); ++j) {
      for (std::size_t i = 0; i + 1 < field_.x.size(); ++i) {
        AddCell(i, j, &segments);
      }
    }
    return segments;
  }

  Place At(Edge edge) const { return places_.at(edge); }

 private:
  double Value(std::size_t i, std::size_t j) const {
    return field_.values[j * field_.x.size() + i];
  }

  Place Node(std::size_t i, std::size_t j) const {
    return {field_.x[i], field_.y[j]};
  }

  Edge Horizontal(std::size_t i, std::size_t j) const {
    return static_cast<Edge>(2 * (j * field_.x.size() + i));
  }
  Edge Vertical(std::size_t i, std::size_t j) const {
    return Horizontal(i, j) + 1;
  }

  /// Where the line crosses from one node to another.
  void Cross(Edge edge, double one, double other, Place from, Place to) {
    if ((one > level_) == (other > level_)) return;
    const double part = (level_ - one) / (other - one);
    places_[edge] = {from.x + part * (to.x - from.x),
                     from.y + part * (to.y - from.y)};
  }

  void AddCell(std::size_t i, std::size_t j, std::vector<Segment>* segments) {
    // Counter-clockwise from below left.
    const std::array<double, 4> v = {Value(i, j), Value(i + 1, j),
                                     Value(i + 1, j + 1), Value(i, j + 1)};
    double mean = 0.0;
    for (const double value : v) {
      if (!std::isfinite(value)) return;
      mean += 0.25 * value;
    }
    const std::array<Place, 4> at = {Node(i, j), Node(i + 1, j),
                                     Node(i + 1, j + 1), Node(i, j + 1)};
    const std::array<Edge, 4> edges = {Horizontal(i, j), Vertical(i + 1, j),
                                       Horizontal(i, j + 1), Vertical(i, j)};
    std::vector<Edge> crossed;
    for (std::size_t k = 0; k < 4; ++k) {
      const std::size_t next = (k + 1) % 4;
      // The same way round in both cells of an edge, to the same rounding.
      const bool forward = k < 2;
      if (forward) {
        Cross(edges[k], v[k], v[next], at[k], at[next]);
      } else {
        Cross(edges[k], v[next], v[k], at[next], at[k]);
      }
      if ((v[k] > level_) != (v[next] > level_)) crossed.push_back(edges[k]);
    }
    if (crossed.size() == 2) segments->emplace_back(crossed[0], crossed[1]);
    if (crossed.size() != 4) return;
    // A saddle: corner 0 is cut off alone unless it is joined with corner 2.
    const bool joined = (mean > level_) == (v[0] > level_);
    if (joined) {
      segments->emplace_back(crossed[0], crossed[1]);
      segments->emplace_back(crossed[2], crossed[3]);
    } else {
      segments->emplace_back(crossed[3], crossed[0]);
      segments->emplace_back(crossed[1], crossed[2]);
    }
  }

  const Field& field_;
  double level_;
  std::map<Edge, Place> places_;
};

/// Joins segments that share an edge.
class Joiner {
 public:
  explicit Joiner(const std::vector<Segment>& segments)
      : segments_(segments), used_(segments.size(), false) {
    for (std::size_t k = 0; k < segments.size(); ++k) {
      at_.emplace(segments[k].first, k);
      at_.emplace(segments[k].second, k);
    }
  }

  std::vector<std::deque<Edge>> Lines() {
    std::vector<std::deque<Edge>> lines;
    for (std::size_t k = 0; k < segments_.size(); ++k) {
      if (used_[k]) continue;
      used_[k] = true;
      std::deque<Edge> line = {segments_[k].first, segments_[k].second};
      while (const auto next = Next(line.back())) line.push_back(*next);
      while (const auto next = Next(line.front())) line.push_front(*next);
      lines.push_back(std::move(line));
    }
    return lines;
  }

 private:
  std::optional<Edge> Next(Edge edge) {
    const auto [begin, end] = at_.equal_range(edge);
    for (auto it = begin; it != end; ++it) {
      if (used_[it->second]) continue;
      used_[it->second] = true;
      const Segment& segment = segments_[it->second];
      return segment.first == edge ? segment.second : segment.first;
    }
    return std::nullopt;
  }

  const std::vector<Segment>& segments_;
  std::vector<bool> used_;
  std::multimap<Edge, std::size_t> at_;
};

}  // namespace

Field Sampled(std::vector<double> x, std::vector<double> y,
              const std::function<double(double, double)>& function) {
  Field field{std::move(x), std::move(y), {}};
  field.values.reserve(field.x.size() * field.y.size());
  for (const double at_y : field.y) {
    for (const double at_x : field.x) {
      field.values.push_back(function(at_x, at_y));
    }
  }
  return field;
}

std::vector<std::vector<Place>> ContourLines(const Field& field, double level) {
  assert(field.values.size() == field.x.size() * field.y.size());
  Marcher marcher(field, level);
  const std::vector<Segment> segments = marcher.Segments();
  std::vector<std::vector<Place>> lines;
  for (const auto& edges : Joiner(segments).Lines()) {
    std::vector<Place> line;
    line.reserve(edges.size());
    for (const Edge edge : edges) line.push_back(marcher.At(edge));
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace isoflop
