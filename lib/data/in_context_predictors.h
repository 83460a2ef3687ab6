// Predictors of y from pairs (x, y) that were shown before, x in d dimensions,
// for linear regression in context: what a trained model may have learned to
// do.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace isoflop {

/// Sees one pair after another, and predicts in between.
class InContextPredictor {
 public:
  virtual ~InContextPredictor() = default;

  /// Forgets all pairs.
  virtual void Reset() = 0;

  /// Returns what y goes with x. REQUIRES: x has d numbers.
  virtual double Predict(std::span<const float> x) const = 0;

  virtual void Show(std::span<const float> x, double y) = 0;
};

/// Ridge regression: the w with the least  sum (y - w . x)^2 + lambda |w|^2.
/// With normal weights of variance 1 and noise of variance lambda, the mean of
/// what is known of w, which no predictor beats. For lambda 0 the least squares
/// solution of least norm, if the pairs agree with one another.
std::unique_ptr<InContextPredictor> MakeRidge(std::size_t dimension,
                                              double lambda);

/// Least squares of least norm, whether the pairs agree or not: ridge
/// regression with a lambda that is next to nothing, 1e-8, for x of the size of
/// standard normal ones.
std::unique_ptr<InContextPredictor> MakeLeastSquares(std::size_t dimension);

/// Always 0.
std::unique_ptr<InContextPredictor> MakeZero();

/// w = sum y x / k after k pairs: the mean of what each says alone.
std::unique_ptr<InContextPredictor> MakeAveraging(std::size_t dimension);

/// One step of gradient descent from 0, with the rate that is best for k
/// pairs: w = sum y x / (k + d + 1 + noise_variance). Its expected squared
/// error without noise is d (d + 1) / (k + d + 1).
/// Source: von Oswald et al. 2023 (arXiv:2212.07677).
std::unique_ptr<InContextPredictor> MakeOneGradientStep(std::size_t dimension,
                                                        double noise_variance);

/// The y of the nearest x; 0 before there is one.
std::unique_ptr<InContextPredictor> MakeNearestNeighbour(std::size_t dimension);

/// The smoother of Nadaraya and Watson, 0 before there is a pair:
///
///   sum K_i y_i / sum K_i,  K_i = exp(-|x - x_i|^2 / (2 bandwidth^2))
///
/// Source: Nadaraya 1964, Watson 1964.
std::unique_ptr<InContextPredictor> MakeKernelSmoother(std::size_t dimension,
                                                       double bandwidth);

/// The mean of what is known of w if it is one of `tasks` [M, d], all alike
/// before: each weighs exp(-sum (y - w . x)^2 / (2 noise_variance)).
/// Source: Raventos et al. 2023 (arXiv:2306.15063).
/// REQUIRES: noise_variance > 0.
std::unique_ptr<InContextPredictor> MakeMeanOfTasks(std::size_t dimension,
                                                    std::vector<float> tasks,
                                                    double noise_variance);

}  // namespace isoflop
