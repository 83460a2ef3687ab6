// How certain the law of a fit leaves a number, by where the runs are that it
// is fitted to:
//
//   Var(q) = s^2 g' H^-1 M H^-1 g,         H = sum over runs of j j'
//   M = (1 - rho) H + rho sum over trunks of (sum of j)(sum of j)'
//
// j is the derivative of ln L(N, D) by the coefficients, g that of q, and rho
// the share of the variance s^2 of ln L that the runs of a trunk have in
// common. This is the variance of the fit as it is made, which takes runs for
// independent and weighs all alike, not of the best that could be made of them:
// a run more of a trunk may even make q less certain.
//
// Source: Liang & Zeger 1986 (Biometrika 73), the variance of an estimate under
// independence; the penalty's efficiency is part of s.

#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// A run as far as its place decides what it tells.
struct PlacedRun {
  double N = 0.0;
  double D = 0.0;
  std::size_t trunk = 0;  // runs of one trunk share noise
};

/// By (E, ln A, ln B, alpha, beta), N and D in units of the optimum at a C.
using LawGradient = Eigen::Matrix<double, 5, 1>;

class LawCertainty {
 public:
  /// Of ln N*(C), or of L(C) where `of_loss`. REQUIRES: 0 <= trunk_share <= 1.
  LawCertainty(const Chinchilla& law, double C, bool of_loss,
               double trunk_share);

  /// Adds a run, and the same in `times` - 1 more trunks that are alike.
  void Add(const PlacedRun& run, double times = 1.0);

  /// Returns Var(q) / s^2. REQUIRES: the runs determine the law.
  double Variance() const;

  /// Returns the same as if that were added.
  double VarianceWith(const PlacedRun& run, double times = 1.0) const;

 private:
  using Matrix = Eigen::Matrix<double, 5, 5>;

  LawGradient DerivativeAt(const PlacedRun& run) const;
  LawGradient SumOf(std::size_t trunk) const;
  Matrix NoiseOf(const PlacedRun& run, const LawGradient& j) const;
  double VarianceBy(const Matrix& H, const Matrix& M) const;

  Optimum unit_;    // of N and D
  Chinchilla law_;  // in these units
  LawGradient goal_;
  double trunk_share_;
  Matrix H_ = Matrix::Zero();
  Matrix M_ = Matrix::Zero();
  std::vector<LawGradient> trunks_;  // sums of j
};

}  // namespace isoflop
