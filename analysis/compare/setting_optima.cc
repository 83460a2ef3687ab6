#include "analysis/compare/setting_optima.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "analysis/observe/cells.h"
#include "analysis/table/cell.h"
#include "lib/core/transformed.h"
#include "lib/numeric/distributions.h"
#include "lib/numeric/least_squares.h"
#include "lib/numeric/moments.h"

namespace isoflop {
namespace {

constexpr std::size_t kFewestTried = 3;
constexpr double kCollinear = 0.99;  // correlation of ln N and ln D

/// Values with the mean loss of their runs, ascending.
using Valley = std::vector<std::pair<double, double>>;

std::optional<std::vector<double>> NumbersOf(
    const std::vector<std::string>& labels) {
  std::vector<double> numbers;
  numbers.reserve(labels.size());
  for (const std::string& label : labels) {
    const auto number = NumberOf(label);
    const bool usable = number && std::isfinite(*number) && *number > 0.0;
    if (!usable) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

Valley ValleyOf(const std::vector<std::size_t>& cell,
                const std::vector<double>& values,
                std::span<const Observation> runs) {
  std::map<double, std::vector<double>> losses;
  for (const std::size_t i : cell) losses[values[i]].push_back(runs[i].L);
  Valley valley;
  for (const auto& [value, of_value] : losses) {
    valley.emplace_back(value, Mean(of_value));
  }
  return valley;
}

/// The lowest point of the parabola through three neighbours, of which the
/// middle one is the lowest.
double VertexOf(const Valley& valley, std::size_t lowest) {
  std::vector<WeightedPoint> points;
  for (std::size_t i = lowest - 1; i <= lowest + 1; ++i) {
    points.push_back({std::log(valley[i].first), valley[i].second});
  }
  const Parabola parabola = FitParabola(points);
  return std::exp(parabola.center - 0.5 * parabola.c1 / parabola.c2);
}

PlaceOptimum OptimumOf(const Observation& place, const Valley& valley) {
  using Entry = std::pair<double, double>;
  const auto lowest = std::ranges::min_element(valley, {}, &Entry::second);
  const auto index = static_cast<std::size_t>(lowest - valley.begin());
  PlaceOptimum optimum{
      .N = place.N,
      .D = place.D,
      .values = static_cast<int>(valley.size()),
      .best = lowest->first,
      .loss = lowest->second,
      .worst = std::ranges::max_element(valley, {}, &Entry::second)->second,
      .vertex = {}};
  // Three equal losses have no lowest point.
  const bool interior = index > 0 && index + 1 < valley.size();
  if (interior && optimum.worst > optimum.loss) {
    optimum.vertex = VertexOf(valley, index);
  }
  return optimum;
}

bool Varies(const std::vector<PlaceOptimum>& places,
            double PlaceOptimum::*quantity) {
  const auto [low, high] = std::ranges::minmax(places, {}, quantity);
  return high.*quantity >= kVaries * (low.*quantity);
}

double CorrelationOfSizeAndLength(const std::vector<PlaceOptimum>& places) {
  const auto logs = [&](double PlaceOptimum::*quantity) {
    Eigen::ArrayXd values(static_cast<Eigen::Index>(places.size()));
    for (std::size_t i = 0; i < places.size(); ++i) {
      values[static_cast<Eigen::Index>(i)] = std::log(places[i].*quantity);
    }
    return Eigen::ArrayXd(values - values.mean());
  };
  const Eigen::ArrayXd n = logs(&PlaceOptimum::N);
  const Eigen::ArrayXd d = logs(&PlaceOptimum::D);
  return (n * d).sum() / std::sqrt(n.square().sum() * d.square().sum());
}

/// Which of N and D the law is fitted to.
struct Terms {
  bool params = false;
  bool tokens = false;

  Eigen::Index columns() const {
    return 1 + (params ? 1 : 0) + (tokens ? 1 : 0);
  }
};

Terms TermsOf(const std::vector<PlaceOptimum>& places) {
  Terms terms{.params = Varies(places, &PlaceOptimum::N),
              .tokens = Varies(places, &PlaceOptimum::D)};
  if (terms.params && terms.tokens &&
      std::abs(CorrelationOfSizeAndLength(places)) > kCollinear) {
    terms.tokens = false;
  }
  return terms;
}

std::optional<SettingLaw> FitLawOf(std::vector<PlaceOptimum> places) {
  std::erase_if(places, [](const PlaceOptimum& p) { return !p.vertex; });
  if (places.empty()) return std::nullopt;
  const Terms terms = TermsOf(places);
  const auto rows = static_cast<Eigen::Index>(places.size());
  const Eigen::Index columns = terms.columns();
  if (columns == 1 || rows < columns + 1) return std::nullopt;
  Eigen::MatrixXd design = Eigen::MatrixXd::Ones(rows, columns);
  Eigen::VectorXd vertices(rows);
  for (Eigen::Index i = 0; i < rows; ++i) {
    const PlaceOptimum& place = places[static_cast<std::size_t>(i)];
    Eigen::Index column = 0;
    if (terms.params) design(i, ++column) = std::log(place.N);
    if (terms.tokens) design(i, ++column) = std::log(place.D);
    vertices[i] = std::log(*place.vertex);
  }
  const Eigen::VectorXd solution = design.colPivHouseholderQr().solve(vertices);
  const double variance = (vertices - design * solution).squaredNorm() /
                          static_cast<double>(rows - columns);
  const Eigen::MatrixXd covariance =
      variance * (design.transpose() * design).inverse();
  const double t = StudentTQuantile(0.975, static_cast<double>(rows - columns));
  const auto exponent = [&](Eigen::Index column) {
    const double error = std::sqrt(covariance(column, column));
    const double value = solution[column];
    return SettingExponent{
        .value = value,
        .standard_error = error,
        .interval95 = {value - t * error, value + t * error}};
  };
  SettingLaw law{.coefficient = std::exp(solution[0]),
                 .params = {},
                 .tokens = {},
                 .places = static_cast<int>(rows)};
  if (terms.params) law.params = exponent(1);
  if (terms.tokens) law.tokens = exponent(columns - 1);
  return law;
}

}  // namespace

std::optional<SettingOptima> OptimaOf(std::span<const Observation> runs,
                                      const std::vector<std::string>& labels) {
  const auto values = NumbersOf(labels);
  if (!values) return std::nullopt;
  SettingOptima optima;
  for (const auto& cell : Cells(runs)) {
    const Valley valley = ValleyOf(cell, *values, runs);
    if (valley.size() < kFewestTried) continue;
    optima.places.push_back(OptimumOf(runs[cell.front()], valley));
  }
  if (optima.places.empty()) return std::nullopt;
  std::ranges::sort(optima.places, {},
                    [](const PlaceOptimum& p) { return std::pair(p.N, p.D); });
  optima.law = FitLawOf(optima.places);
  return optima;
}

}  // namespace isoflop
