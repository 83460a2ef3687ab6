#include "analysis/fit/envelope_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace isoflop {
namespace {

constexpr std::size_t kFewestOptima = 3;
constexpr double kLeastRange = 4.0;  // of C: nearer ones are one optimum

/// Why the optima determine no exponent; empty when they do.
std::string Complaint(int points, const std::vector<BudgetOptimum>& optima) {
  if (optima.size() < kFewestOptima) {
    return fmt::format(
        "at {} of {} points of the lower envelope a smaller and a larger size "
        "had the same compute and did worse: at least {} are needed",
        optima.size(), points, kFewestOptima);
  }
  const auto [low, high] = std::ranges::minmax(optima, {}, &BudgetOptimum::N);
  if (!IsBelow(low.N, high.N)) {
    return "one size is best at every C: sizes that lie closer together would "
           "show how the best size grows";
  }
  const auto [first, last] = std::ranges::minmax(optima, {}, &BudgetOptimum::C);
  if (last.C < kLeastRange * first.C) {
    return fmt::format(
        "the optima span a factor of only {:.2g} in C: an exponent needs at "
        "least {:g}",
        last.C / first.C, kLeastRange);
  }
  return {};
}

}  // namespace

void Contest::Enter(std::size_t entry, double entry_N, double entry_loss) {
  smallest = std::min(smallest, entry_N);
  largest = std::max(largest, entry_N);
  if (std::pair(entry_loss, entry_N) >= std::pair(loss, N)) return;
  loss = entry_loss;
  N = entry_N;
  winner = entry;
}

std::vector<std::size_t> LowerEnvelope(std::span<const Contest> contests) {
  std::vector<std::size_t> envelope;
  double lowest = kInfinity;
  for (std::size_t i = 0; i < contests.size(); ++i) {
    if (contests[i].loss >= lowest) continue;
    lowest = contests[i].loss;
    envelope.push_back(i);
  }
  return envelope;
}

std::vector<EnvelopePoint> LowerEnvelope(
    std::span<const Observation> observations, std::span<const Budget> ladder,
    std::span<const double> counts) {
  std::vector<Contest> contests(ladder.size());
  for (std::size_t rung = 0; rung < ladder.size(); ++rung) {
    for (const std::size_t i : ladder[rung].runs) {
      if (TimesDrawn(counts, i) == 0.0) continue;
      contests[rung].Enter(i, observations[i].N, observations[i].L);
    }
  }
  std::vector<EnvelopePoint> envelope;
  for (const std::size_t rung : LowerEnvelope(contests)) {
    envelope.push_back({contests[rung].winner, contests[rung].interior()});
  }
  return envelope;
}

EnvelopeFit FitEnvelopeOptima(int points, std::vector<BudgetOptimum> optima) {
  EnvelopeFit fit;
  fit.points = points;
  fit.optima = std::move(optima);
  fit.reason = Complaint(points, fit.optima);
  if (!fit.reason.empty()) return fit;
  const auto laws = FitOptimumLaws(fit.optima);
  if (!laws) {
    fit.reason =
        "the coefficient of the power law is too large or too small for a "
        "number";
    return fit;
  }
  fit.status = FitStatus::kOk;
  SetLaws(*laws, &fit);
  return fit;
}

EnvelopeFit FitEnvelope(std::span<const Observation> observations,
                        std::span<const Budget> ladder,
                        std::span<const double> counts) {
  const auto envelope = LowerEnvelope(observations, ladder, counts);
  std::vector<BudgetOptimum> optima;
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
