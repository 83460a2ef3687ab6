#include "analysis/diagnose/residuals.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "lib/core/transformed.h"

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

/// Which runs count as neighbours of which, with the sums that the variance of
/// Moran's I takes.
class Neighbours {
 public:
  explicit Neighbours(std::span<const Observation> observations)
      : observations_(observations), degree_(observations.size()) {
    const std::size_t count = observations.size();
    const std::size_t centres = std::min(count, kMostCentres);
    for (std::size_t k = 0; k < centres; ++k) AddCentre(k * count / centres);
    std::ranges::sort(pairs_);
  }

  const std::vector<std::pair<std::size_t, std::size_t>>& pairs() const {
    return pairs_;
  }

  /// The standard deviation over permutations, and -1 / (n - 1), the mean.
  double Deviation() const {
    const auto n = static_cast<double>(observations_.size());
    const auto sum = static_cast<double>(pairs_.size());
    double both = 0.0;  // sum_ij (w_ij + w_ji)^2 / 2
    for (const auto& [i, j] : pairs_) {
      const bool mutual = std::ranges::binary_search(pairs_, std::pair(j, i));
      both += mutual ? 2.0 : 1.0;
    }
    double degrees = 0.0;
    for (const double d : degree_) degrees += d * d;
    const double square = (n * n * both - n * degrees + 3.0 * sum * sum) /
                          (sum * sum * (n * n - 1.0));
    return std::sqrt(std::max(0.0, square - 1.0 / ((n - 1.0) * (n - 1.0))));
  }

 private:
  void AddCentre(std::size_t i) {
    const Observation& centre = observations_[i];
    std::vector<std::pair<double, std::size_t>> others;
    for (std::size_t j = 0; j < observations_.size(); ++j) {
      const Observation& other = observations_[j];
      const bool shares = !centre.group.empty() && centre.group == other.group;
      if (j == i || shares) continue;
      others.emplace_back(std::hypot(std::log(other.N / centre.N),
                                     std::log(other.D / centre.D)),
                          j);
    }
    const auto nearest =
        std::min<std::ptrdiff_t>(kNeighbours, std::ssize(others));
    std::ranges::partial_sort(others, others.begin() + nearest);
    for (std::ptrdiff_t k = 0; k < nearest; ++k) {
      const std::size_t j = others[static_cast<std::size_t>(k)].second;
      pairs_.emplace_back(i, j);
      degree_[i] += 1.0;
      degree_[j] += 1.0;
    }
  }

  std::span<const Observation> observations_;
  std::vector<std::pair<std::size_t, std::size_t>> pairs_;
  std::vector<double> degree_;  // row and column sums together
};

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
  const std::vector<double> ranks = CentredRanks(residuals);
  double squares = 0.0;
  for (const double rank : ranks) squares += rank * rank;
  const Neighbours neighbours(observations);
  if (!(squares > 0.0) || neighbours.pairs().empty()) return std::nullopt;
  double products = 0.0;
  for (const auto& [i, j] : neighbours.pairs()) products += ranks[i] * ranks[j];
  const auto n = static_cast<double>(count);
  const auto pairs = static_cast<double>(neighbours.pairs().size());
  return NeighbourCorrelation{
      .correlation = n / pairs * products / squares,
      .by_chance = 3.0 * neighbours.Deviation() - 1.0 / (n - 1.0)};
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
