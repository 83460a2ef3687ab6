#include "analysis/fit/envelope_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "analysis/fit/power_law_fit.h"

namespace isoflop {
namespace {

constexpr std::size_t kFewestOptima = 3;
constexpr double kLeastRange = 4.0;  // of C: nearer ones are one optimum

bool Drawn(std::span<const double> counts, std::size_t i) {
  return counts.empty() || counts[i] > 0.0;
}

/// The drawn run of lowest loss.
std::optional<std::size_t> Best(std::span<const Observation> observations,
                                std::span<const double> counts,
                                const std::vector<std::size_t>& runs) {
  std::optional<std::size_t> best;
  const auto rank = [&](std::size_t i) {
    return std::pair(observations[i].L, observations[i].N);
  };
  for (const std::size_t i : runs) {
    if (!Drawn(counts, i)) continue;
    if (!best || rank(i) < rank(*best)) best = i;
  }
  return best;
}

/// Whether a smaller and a larger size than that of `best` were drawn.
bool IsInterior(std::span<const Observation> observations,
                std::span<const double> counts,
                const std::vector<std::size_t>& runs, std::size_t best) {
  bool smaller = false;
  bool larger = false;
  for (const std::size_t i : runs) {
    if (!Drawn(counts, i)) continue;
    smaller = smaller || IsBelow(observations[i].N, observations[best].N);
    larger = larger || IsBelow(observations[best].N, observations[i].N);
  }
  return smaller && larger;
}

/// Why the optima determine no exponent; empty when they do.
std::string Complaint(int points, const std::vector<EnvelopeOptimum>& optima) {
  if (optima.size() < kFewestOptima) {
    return fmt::format(
        "at {} of {} points of the lower envelope a smaller and a larger size "
        "had the same compute and did worse: at least {} are needed",
        optima.size(), points, kFewestOptima);
  }
  const auto [low, high] = std::ranges::minmax(optima, {}, &EnvelopeOptimum::N);
  if (!IsBelow(low.N, high.N)) {
    return "the same size is best at every compute: the sizes are too far "
           "apart to tell how the best one grows";
  }
  const auto [first, last] =
      std::ranges::minmax(optima, {}, &EnvelopeOptimum::C);
  if (last.C < kLeastRange * first.C) {
    return fmt::format(
        "the optima lie within a factor of {:.2g} in C: an exponent takes {:g}",
        last.C / first.C, kLeastRange);
  }
  return {};
}

}  // namespace

std::vector<EnvelopePoint> LowerEnvelope(
    std::span<const Observation> observations, std::span<const Budget> ladder,
    std::span<const double> counts) {
  std::vector<EnvelopePoint> envelope;
  double lowest = std::numeric_limits<double>::infinity();
  for (const Budget& budget : ladder) {
    const auto best = Best(observations, counts, budget.runs);
    if (!best || observations[*best].L >= lowest) continue;
    lowest = observations[*best].L;
    envelope.push_back(
        {*best, IsInterior(observations, counts, budget.runs, *best)});
  }
  return envelope;
}

EnvelopeFit FitEnvelopeOptima(int points, std::vector<EnvelopeOptimum> optima) {
  EnvelopeFit fit;
  fit.points = points;
  fit.optima = std::move(optima);
  fit.reason = Complaint(points, fit.optima);
  if (!fit.reason.empty()) return fit;
  std::vector<WeightedPoint> params;
  std::vector<WeightedPoint> tokens;
  params.reserve(fit.optima.size());
  tokens.reserve(fit.optima.size());
  for (const EnvelopeOptimum& o : fit.optima) {
    params.push_back({o.C, o.N, o.weight});
    tokens.push_back({o.C, o.D, o.weight});
  }
  const auto N = FitPowerLaw(params);
  const auto D = FitPowerLaw(tokens);
  if (!N || !D) {
    fit.reason =
        "the coefficient of the power law is too large or too small for a "
        "number";
    return fit;
  }
  fit.status = FitStatus::kOk;
  fit.a.value = N->exponent;
  fit.b.value = D->exponent;
  fit.params_coefficient = N->coefficient;
  fit.tokens_coefficient = D->coefficient;
  return fit;
}

EnvelopeFit FitEnvelope(std::span<const Observation> observations,
                        std::span<const Budget> ladder,
                        std::span<const double> counts) {
  const auto envelope = LowerEnvelope(observations, ladder, counts);
  std::vector<EnvelopeOptimum> optima;
  for (const EnvelopePoint& point : envelope) {
    const Observation& o = observations[point.run];
    if (point.interior) optima.push_back({o.C, o.N, o.D, o.weight});
  }
  return FitEnvelopeOptima(static_cast<int>(envelope.size()),
                           std::move(optima));
}

EnvelopeFit FitEnvelope(std::span<const Observation> observations) {
  return FitEnvelope(observations, Ladder(observations));
}

}  // namespace isoflop
