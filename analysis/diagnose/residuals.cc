#include "analysis/diagnose/residuals.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "lib/core/transformed.h"
#include "lib/numeric/morans_i.h"

namespace isoflop {
namespace {

ResidualTrend TrendWith(std::string_view quantity,
                        const std::vector<double>& logs,
                        const std::vector<double>& residual_ranks) {
  const std::vector<double> ranks = CentredRanks(logs);
  const auto distances =
      Transformed(ranks, [](double rank) { return std::abs(rank); });
  const auto count = static_cast<double>(logs.size());
  return {.quantity = quantity,
          .slope = CentredCorrelation(ranks, residual_ranks),
          .bend = CentredCorrelation(CentredRanks(distances), residual_ranks),
          .significant = 3.0 / std::sqrt(count - 1.0)};
}

/// Adds the nearest other runs of run i, without those of its own group.
void AddNeighbours(std::span<const Observation> observations, std::size_t i,
                   std::vector<NeighbourPair>* pairs) {
  const Observation& centre = observations[i];
  std::vector<std::pair<double, std::size_t>> others;
  for (std::size_t j = 0; j < observations.size(); ++j) {
    const Observation& other = observations[j];
    const bool shares = !centre.group.empty() && centre.group == other.group;
    if (j == i || shares) continue;
    others.emplace_back(
        std::hypot(std::log(other.N / centre.N), std::log(other.D / centre.D)),
        j);
  }
  const auto nearest = others.begin() + std::min<std::ptrdiff_t>(
                                            kNeighbours, std::ssize(others));
  std::ranges::partial_sort(others, nearest);
  for (auto other = others.begin(); other != nearest; ++other) {
    pairs->emplace_back(i, other->second);
  }
}

}  // namespace

bool ResidualTrend::notable() const { return size() > significant; }

double ResidualTrend::size() const {
  return std::max(std::abs(slope), std::abs(bend));
}

const ResidualTrend& Strongest(const Residuals& residuals) {
  return *std::ranges::max_element(residuals.trends, {}, &ResidualTrend::size);
}

std::optional<NeighbourCorrelation> CorrelationOfNeighbours(
    std::span<const Observation> observations,
    std::span<const double> residuals) {
  assert(observations.size() == residuals.size());
  const std::size_t count = residuals.size();
  if (count < 3 * kNeighbours) return std::nullopt;
  const std::size_t centres = std::min(count, kMostCentres);
  std::vector<NeighbourPair> pairs;
  for (std::size_t k = 0; k < centres; ++k) {
    AddNeighbours(observations, k * count / centres, &pairs);
  }
  const auto found = MoransIOf(CentredRanks(residuals), std::move(pairs));
  if (!found) return std::nullopt;
  return NeighbourCorrelation{
      .correlation = found->value,
      .by_chance = 3.0 * found->deviation + found->mean};
}

Residuals ResidualsOf(std::span<const Observation> observations,
                      const Chinchilla& law) {
  assert(observations.size() >= 3);
  Residuals residuals;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const Observation& o = observations[i];
    const double predicted = Loss(law, o.N, o.D);
    residuals.runs.push_back({.run = i,
                              .predicted = predicted,
                              .log_residual = std::log(predicted / o.L)});
  }
  const std::vector<double> ranks =
      CentredRanks(Transformed(residuals.runs, &RunResidual::log_residual));
  const auto trend = [&](std::string_view quantity, auto log_of) {
    return TrendWith(quantity, Transformed(observations, log_of), ranks);
  };
  using O = const Observation&;
  residuals.trends = {
      trend("N", [](O o) { return std::log(o.N); }),
      trend("D", [](O o) { return std::log(o.D); }),
      trend("C", [](O o) { return std::log(o.C); }),
      trend("D/N", [](O o) { return std::log(o.D) - std::log(o.N); })};
  return residuals;
}

std::vector<RunResidual> Worst(const Residuals& residuals, std::size_t count) {
  std::vector<RunResidual> worst = residuals.runs;
  const auto magnitude = [](const RunResidual& r) {
    return -std::abs(r.log_residual);
  };
  std::ranges::stable_sort(worst, {}, magnitude);
  worst.resize(std::min(count, worst.size()));
  return worst;
}

}  // namespace isoflop
