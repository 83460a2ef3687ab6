#include "analysis/decide/design.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "lib/core/transformed.h"
#include "lib/numeric/moments.h"

namespace isoflop {
namespace {

/// A run is not worth having that takes less than this share of the variance.
constexpr double kLeastShrinkage = 1e-6;

/// One quantity over the draws, as deviations from its mean.
using Deviations = std::vector<double>;

/// Draws that are all the same deviate by nothing at all, not by rounding.
template <typename Quantity>
Deviations DeviationsOf(std::span<const Chinchilla> draws, Quantity quantity) {
  const double first = quantity(draws.front());
  Deviations values = Transformed(
      draws, [&](const Chinchilla& law) { return quantity(law) - first; });
  const double mean = Mean(values);
  for (double& value : values) value -= mean;
  return values;
}

double Covariance(const Deviations& x, const Deviations& y) {
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
  return sum / static_cast<double>(x.size() - 1);
}

double ObjectiveOf(const Chinchilla& law, const DesignProblem& problem) {
  const Optimum best = OptimumAt(law, problem.target_flops);
  return problem.objective == DesignObjective::kLoss ? best.loss
                                                     : std::log(best.N);
}

/// How certain everything is, given the runs trained so far.
class Knowledge {
 public:
  Knowledge(const DesignProblem& problem,
            std::span<const CandidateRun> candidates)
      : candidates_(candidates),
        objective_(DeviationsOf(
            problem.draws,
            [&](const Chinchilla& law) { return ObjectiveOf(law, problem); })),
        losses_(Transformed(candidates, [&](const CandidateRun& run) {
          return DeviationsOf(problem.draws, [&run](const Chinchilla& law) {
            return Loss(law, run.N, run.D);
          });
        })) {}

  double Variance() const { return Covariance(objective_, objective_); }

  /// How much of the variance candidate `i` would take.
  double ShrinkageBy(std::size_t i) const {
    const double shared = Covariance(objective_, losses_[i]);
    return shared * shared / (Covariance(losses_[i], losses_[i]) + Noise(i));
  }

  /// Conditions everything on candidate `i`.
  void Train(std::size_t i) {
    const Deviations seen = losses_[i];
    const double total = Covariance(seen, seen) + Noise(i);
    // Potter's gain: deviations less by this much have the variance that is
    // left, without a matrix being formed.
    const double gain = 1.0 / (total * (1.0 + std::sqrt(Noise(i) / total)));
    Update(seen, gain, &objective_);
    for (Deviations& loss : losses_) Update(seen, gain, &loss);
  }

 private:
  double Noise(std::size_t i) const {
    return candidates_[i].loss_std * candidates_[i].loss_std;
  }

  static void Update(const Deviations& seen, double gain, Deviations* other) {
    const double step = gain * Covariance(*other, seen);
    for (std::size_t k = 0; k < seen.size(); ++k) {
      (*other)[k] -= step * seen[k];
    }
  }

  std::span<const CandidateRun> candidates_;
  Deviations objective_;
  std::vector<Deviations> losses_;  // of each candidate
};

double FlopsOf(const CandidateRun& run) { return SixND(run.N, run.D); }

/// Returns the best of `open` that the budget allows, if any is worth it, by
/// shrinkage / FLOPs^flops_exponent: 1 looks at the price, 0 does not.
std::optional<std::size_t> Next(const Knowledge& knowledge,
                                std::span<const CandidateRun> candidates,
                                const std::vector<bool>& open, double budget,
                                double least, double flops_exponent) {
  std::optional<std::size_t> best;
  double best_value = 0.0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const double flops = FlopsOf(candidates[i]);
    if (!open[i] || flops > budget) continue;
    const double shrinkage = knowledge.ShrinkageBy(i);
    const double value = shrinkage / std::pow(flops, flops_exponent);
    if (!(shrinkage > least) || (best && value <= best_value)) continue;
    best = i;
    best_value = value;
  }
  return best;
}

/// Chooses among the candidates that are `open`.
Design Choose(Knowledge knowledge, std::span<const CandidateRun> candidates,
              std::vector<bool> open, double budget, double flops_exponent) {
  Design design;
  double variance = knowledge.Variance();
  design.sd_before = std::sqrt(variance);
  const double least = kLeastShrinkage * variance;
  double total = 0.0;
  while (design.runs.size() < kMostDesignedRuns) {
    const auto next = Next(knowledge, candidates, open, budget - total, least,
                           flops_exponent);
    if (!next) break;
    open[*next] = false;
    knowledge.Train(*next);
    const double left = knowledge.Variance();
    total += FlopsOf(candidates[*next]);
    design.runs.push_back({.candidate = *next,
                           .flops = FlopsOf(candidates[*next]),
                           .total_flops = total,
                           .sd_after = std::sqrt(left),
                           .shrinkage = variance - left});
    variance = left;
  }
  return design;
}

}  // namespace

std::vector<double> CandidateAxis(const Reach& reach) {
  assert(0.0 < reach.smallest && reach.smallest <= reach.largest);
  const double top = kCandidateReach * reach.largest * (1.0 + 1e-9);
  std::vector<double> values;
  for (int i = 0;; ++i) {
    const double value = reach.smallest * std::pow(kCandidateStep, i);
    if (value > top) return values;
    values.push_back(value);
  }
}

bool IsCandidate(double N, double D, const ObservedReach& reach,
                 double budget_flops) {
  const double ratio = D / N;
  return SixND(N, D) <= budget_flops &&
         ratio >= reach.tokens_per_param.smallest * (1.0 - 1e-9) &&
         ratio <= reach.tokens_per_param.largest * (1.0 + 1e-9);
}

double Design::sd_after() const {
  return runs.empty() ? sd_before : runs.back().sd_after;
}

Design DesignRuns(const DesignProblem& problem,
                  std::span<const CandidateRun> candidates) {
  assert(problem.draws.size() >= 2);
  const Knowledge knowledge(problem, candidates);
  const std::vector<bool> all(candidates.size(), true);
  const auto choose = [&](const std::vector<bool>& open,
                          double flops_exponent) {
    return Choose(knowledge, candidates, open, problem.budget_flops,
                  flops_exponent);
  };
  Design by_value = choose(all, 1.0);
  const Design by_size = choose(all, 0.0);
  if (by_value.sd_after() <= by_size.sd_after()) return by_value;
  std::vector<bool> chosen(candidates.size(), false);
  for (const DesignedRun& run : by_size.runs) chosen[run.candidate] = true;
  return choose(chosen, 1.0);
}

}  // namespace isoflop
