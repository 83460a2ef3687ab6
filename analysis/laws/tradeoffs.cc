#include "analysis/laws/tradeoffs.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

/// ln(1 + e^x) for any x.
double Softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

/// ln(L - E) of a run, however small that is beside E.
double LogReducible(const Chinchilla& law, const Optimum& run) {
  const double by_params = std::log(law.A) - law.alpha * std::log(run.N);
  const double by_tokens = std::log(law.B) - law.beta * std::log(run.D);
  return by_params + Softplus(by_tokens - by_params);
}

/// A run by its share of reducible loss that is due to N, u = logit(s).
class RunByShare {
 public:
  RunByShare(const Chinchilla& law, double log_reducible)
      : law_(law), log_reducible_(log_reducible) {}

  /// ln N, from A / N^alpha = s r.
  double LogParams(double u) const {
    return (std::log(law_.A) - log_reducible_ + Softplus(-u)) / law_.alpha;
  }

  /// ln D, from B / D^beta = (1 - s) r.
  double LogTokens(double u) const {
    return (std::log(law_.B) - log_reducible_ + Softplus(u)) / law_.beta;
  }

 private:
  const Chinchilla& law_;
  double log_reducible_;
};

/// The optimality condition of CheapestWithInference: zero at the optimum.
struct Condition {
  double value = 0.0;
  double slope = 0.0;  // between 1 and 1 + 1 / beta
};

Condition ConditionAt(const Chinchilla& law, const RunByShare& run, double T,
                      double u) {
  const double log_served = std::log(T / 3.0) - run.LogTokens(u);
  const double share = 1.0 / (1.0 + std::exp(-u));
  const double served = 1.0 / (1.0 + std::exp(-log_served));
  return {u + std::log(law.alpha / law.beta) - Softplus(log_served),
          1.0 + served * share / law.beta};
}

/// The root of the condition. It increases with a slope of at least 1, so the
/// first point is below the root by no more than its value.
double SolveShare(const Chinchilla& law, const RunByShare& run, double T) {
  double low = std::log(law.beta / law.alpha);
  double high = low - ConditionAt(law, run, T, low).value;
  double u = low;
  for (int step = 0; step < 200 && low < high; ++step) {
    const Condition at = ConditionAt(law, run, T, u);
    if (at.value == 0.0) break;
    (at.value < 0.0 ? low : high) = u;
    double next = u - at.value / at.slope;
    if (!(low < next && next < high)) next = 0.5 * (low + high);
    if (next == u || next == low || next == high) break;
    u = next;
  }
  return u;
}

Optimum RunOf(const Chinchilla& law, double N, double D) {
  return {.N = N, .D = D, .loss = Loss(law, N, D)};
}

}  // namespace

std::optional<double> TokensForLoss(const Chinchilla& law, double N,
                                    double loss) {
  assert(N > 0.0);
  const double left = loss - law.E - law.A * std::pow(N, -law.alpha);
  if (!(left > 0.0)) return std::nullopt;
  return std::exp((std::log(law.B) - std::log(left)) / law.beta);
}

std::optional<double> FlopsForLoss(const Chinchilla& law, double loss) {
  if (!(loss > law.E)) return std::nullopt;
  const RunByShare run(law, std::log(loss - law.E));
  const double u = std::log(law.beta / law.alpha);
  return std::exp(std::log(6.0) + run.LogParams(u) + run.LogTokens(u));
}

Optimum CheapestWithInference(const Chinchilla& law, const Optimum& run,
                              double inference_tokens) {
  assert(inference_tokens >= 0.0);
  const RunByShare runs(law, LogReducible(law, run));
  const double u = inference_tokens > 0.0
                       ? SolveShare(law, runs, inference_tokens)
                       : std::log(law.beta / law.alpha);
  return {.N = std::exp(runs.LogParams(u)),
          .D = std::exp(runs.LogTokens(u)),
          .loss = run.loss};
}

Optimum OptimumWithParamsUpTo(const Chinchilla& law, double C,
                              double max_params) {
  assert(max_params > 0.0);
  const Optimum best = OptimumAt(law, C);
  if (best.N <= max_params) return best;
  return RunOf(law, max_params, C / (6.0 * max_params));
}

Optimum OptimumWithTokensUpTo(const Chinchilla& law, double C,
                              double max_tokens) {
  assert(max_tokens > 0.0);
  const Optimum best = OptimumAt(law, C);
  if (best.D <= max_tokens) return best;
  return RunOf(law, C / (6.0 * max_tokens), max_tokens);
}

std::optional<double> OvertrainingCost(const Chinchilla& law, double factor) {
  assert(factor > 0.0);
  const double share = ParamsExponent(law);  // beta / (alpha + beta)
  const double left = 1.0 - share * std::pow(factor, law.alpha);
  if (!(left > 0.0)) return std::nullopt;
  return std::pow((1.0 - share) / left, 1.0 / law.beta) / factor;
}

double LargestShrinkage(const Chinchilla& law) {
  return std::pow(1.0 + law.alpha / law.beta, 1.0 / law.alpha);
}

}  // namespace isoflop
