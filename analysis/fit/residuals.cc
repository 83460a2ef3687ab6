#include "analysis/fit/residuals.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

/// Ranks less their mean; runs of equal values share the mean of their ranks.
std::vector<double> CentredRanks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  const double mean = 0.5 * (static_cast<double>(values.size()) - 1.0);
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    // Powers and products of equal numbers differ by rounding.
    const double last =
        values[order[begin]] + 1e-9 * (1.0 + std::abs(values[order[begin]]));
    while (end < order.size() && values[order[end]] <= last) ++end;
    const double rank = 0.5 * static_cast<double>(begin + end - 1) - mean;
    for (; begin < end; ++begin) ranks[order[begin]] = rank;
  }
  return ranks;
}

double Correlation(const std::vector<double>& x, const std::vector<double>& y) {
  double xx = 0.0;
  double yy = 0.0;
  double xy = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += x[i] * x[i];
    yy += y[i] * y[i];
    xy += x[i] * y[i];
  }
  return xx > 0.0 && yy > 0.0 ? xy / std::sqrt(xx * yy) : 0.0;
}

ResidualTrend TrendWith(std::string_view quantity,
                        const std::vector<double>& logs,
                        const std::vector<double>& residual_ranks) {
  const std::vector<double> ranks = CentredRanks(logs);
  std::vector<double> distances;
  distances.reserve(ranks.size());
  for (const double rank : ranks) distances.push_back(std::abs(rank));
  const auto count = static_cast<double>(logs.size());
  return {.quantity = quantity,
          .slope = Correlation(ranks, residual_ranks),
          .bend = Correlation(CentredRanks(distances), residual_ranks),
          .significant = 3.0 / std::sqrt(count - 1.0)};
}

}  // namespace

bool ResidualTrend::notable() const {
  return std::max(std::abs(slope), std::abs(bend)) > significant;
}

Residuals ResidualsOf(std::span<const Observation> observations,
                      const Chinchilla& law) {
  assert(observations.size() >= 3);
  Residuals residuals;
  std::vector<double> log_N;
  std::vector<double> log_D;
  std::vector<double> log_C;
  std::vector<double> log_ratio;
  std::vector<double> values;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const Observation& o = observations[i];
    const double predicted = Loss(law, o.N, o.D);
    residuals.runs.push_back({.run = i,
                              .predicted = predicted,
                              .log_residual = std::log(predicted / o.L)});
    values.push_back(residuals.runs.back().log_residual);
    log_N.push_back(std::log(o.N));
    log_D.push_back(std::log(o.D));
    log_C.push_back(std::log(o.C));
    log_ratio.push_back(log_D.back() - log_N.back());
  }
  const std::vector<double> ranks = CentredRanks(values);
  residuals.trends = {
      TrendWith("N", log_N, ranks), TrendWith("D", log_D, ranks),
      TrendWith("C", log_C, ranks), TrendWith("D/N", log_ratio, ranks)};
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
