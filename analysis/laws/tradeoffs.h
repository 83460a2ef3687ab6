// What the Chinchilla law says of runs that are not compute-optimal: the
// cheapest run that reaches a loss, the run that is cheapest once its use is
// counted too, the best run below a size, and the price of a smaller model.
//
// All of them look at how a run of reducible loss r = L - E divides it:
//
//   A / N^alpha = s r      B / D^beta = (1 - s) r
//
// A compute-optimal run has s = beta / (alpha + beta), whatever its budget.

#pragma once

#include <optional>

#include "analysis/laws/chinchilla.h"

namespace isoflop {

// Every function below REQUIRES: A, B, alpha and beta > 0.

/// Returns the D at which a model of N parameters reaches `loss`:
///
///   D = (B / (loss - E - A / N^alpha))^(1 / beta)
///
/// or nothing when no amount of data is enough. REQUIRES: N > 0.
std::optional<double> TokensForLoss(const Chinchilla& law, double N,
                                    double loss);

/// Returns the C of the compute-optimal run of `loss`,
///
///   C = 6 ((A G^-alpha + B G^beta) / (loss - E))^((alpha + beta)/(alpha beta))
///
/// or nothing when loss <= E.
std::optional<double> FlopsForLoss(const Chinchilla& law, double loss);

/// Returns the (N, D) that minimises training and inference compute together,
///
///   6 N D + 2 N T   subject to   L(N, D) = L(run)
///
/// where T = inference_tokens. The optimum has
///
///   alpha s / (beta (1 - s)) = 1 + T / (3 D)
///
/// whose logarithm is a function of logit(s) with a slope of at least 1:
/// Newton's method, kept within a bracket, solves it to rounding.
/// REQUIRES: run.N and run.D > 0, inference_tokens >= 0.
/// Source: Sardana et al. 2023, eq. (4) (arXiv:2401.00448).
Optimum CheapestWithInference(const Chinchilla& law, const Optimum& run,
                              double inference_tokens);

/// Returns the run of lowest loss with 6 N D = C and N <= max_params: along a
/// budget the loss is convex in ln N, so N = min(N*, max_params).
/// REQUIRES: C > 0 and max_params > 0.
Optimum OptimumWithParamsUpTo(const Chinchilla& law, double C,
                              double max_params);

/// Returns the run of lowest loss with 6 N D = C and D <= max_tokens.
/// REQUIRES: C > 0 and max_tokens > 0.
Optimum OptimumWithTokensUpTo(const Chinchilla& law, double C,
                              double max_tokens);

/// Returns how much more compute than the compute-optimal run a model `factor`
/// times smaller needs for the same loss, at every budget:
///
///   (1 / k) ((1 - s) / (1 - s k^alpha))^(1 / beta)   s = beta/(alpha + beta)
///
/// or nothing when it never gets there: s k^alpha >= 1. REQUIRES: factor > 0.
std::optional<double> OvertrainingCost(const Chinchilla& law, double factor);

/// Returns the factor from which on OvertrainingCost is infinite:
/// (1 + alpha / beta)^(1 / alpha).
double LargestShrinkage(const Chinchilla& law);

}  // namespace isoflop
