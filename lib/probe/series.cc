#include "lib/probe/series.h"

#include <cmath>

namespace isoflop {

/// Welford 1962.
void Series::Add(std::size_t place, double value) {
  const double before = value - mean_[place];
  mean_[place] += before / static_cast<double>(++count_[place]);
  squares_[place] += before * (value - mean_[place]);
}

double Series::std_error(std::size_t place) const {
  const auto n = static_cast<double>(count_[place]);
  return n < 2.0 ? 0.0 : std::sqrt(squares_[place] / (n * (n - 1.0)));
}

std::vector<std::size_t> Series::Places() const {
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < size(); ++place) {
    if (count_[place] > 0) places.push_back(place);
  }
  return places;
}

Json Series::Means(std::span<const std::size_t> places) const {
  Json json = Json::array();
  for (const std::size_t place : places) json.push_back(mean_[place]);
  return json;
}

Json Series::StdErrors(std::span<const std::size_t> places) const {
  Json json = Json::array();
  for (const std::size_t place : places) json.push_back(std_error(place));
  return json;
}

Json MeanAndError(const Series& series, std::size_t place) {
  return {{"mean", series.mean(place)}, {"std_error", series.std_error(place)}};
}

}  // namespace isoflop
