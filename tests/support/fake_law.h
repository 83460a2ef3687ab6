// The law that the fake worker's losses follow.

#pragma once

#include <cmath>

namespace isoflop {

/// L = E + A / N^alpha + B / D^beta, N with embeddings, near what a small
/// Transformer shows on the lexicon language.
struct FakeLaw {
  double E = 1.12;
  double A = 60.0;
  double B = 400.0;
  double alpha = 0.50;
  double beta = 0.45;

  double Loss(double N, double D) const {
    return E + A * std::pow(N, -alpha) + B * std::pow(D, -beta);
  }
};

}  // namespace isoflop
