#include "analysis/fit/chinchilla_starts.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

using Eigen::Matrix3d;
using Eigen::Vector3d;

constexpr double kLowestExponent = 0.03;
constexpr double kHighestExponent = 3.0;

/// Sums of weighted products of the columns (E, A, B) and of the target 1.
struct NormalEquations {
  Matrix3d products = Matrix3d::Zero();
  Vector3d right_side = Vector3d::Zero();
  double target = 0.0;

  double Squares(const Vector3d& x) const {
    return target - 2.0 * x.dot(right_side) + x.dot(products * x);
  }
};

NormalEquations Accumulate(const std::vector<LossPoint>& runs,
                           const std::vector<double>& size_term,
                           const std::vector<double>& data_term) {
  NormalEquations sums;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Vector3d row(1.0 / runs[i].loss, size_term[i], data_term[i]);
    sums.products += runs[i].weight * row * row.transpose();
    sums.right_side += runs[i].weight * row;
    sums.target += runs[i].weight;
  }
  return sums;
}

/// Returns the least-squares solution with only the columns of `kept` (a bit
/// each) not zero.
Vector3d SolveFor(const NormalEquations& sums, unsigned kept) {
  Matrix3d products = sums.products;
  Vector3d right_side = sums.right_side;
  for (int j = 0; j < 3; ++j) {
    if ((kept >> j) & 1U) continue;
    products.row(j).setZero();
    products.col(j).setZero();
    products(j, j) = 1.0;
    right_side[j] = 0.0;
  }
  return products.ldlt().solve(right_side);
}

/// Of the solutions on every face of the non-negative octant the best.
Vector3d NonNegative(const NormalEquations& sums) {
  Vector3d best = Vector3d::Zero();
  for (unsigned kept = 1; kept < 8; ++kept) {
    const Vector3d x = SolveFor(sums, kept);
    if (x.allFinite() && x.minCoeff() >= 0.0 &&
        sums.Squares(x) < sums.Squares(best)) {
      best = x;
    }
  }
  return best;
}

std::vector<std::vector<double>> Terms(const std::vector<LossPoint>& runs,
                                       const std::vector<double>& exponents,
                                       double LossPoint::*log_of) {
  std::vector<std::vector<double>> terms;
  terms.reserve(exponents.size());
  for (const double exponent : exponents) {
    auto& term = terms.emplace_back();
    term.reserve(runs.size());
    for (const LossPoint& run : runs) {
      term.push_back(std::exp(-exponent * run.*log_of) / run.loss);
    }
  }
  return terms;
}

/// Gives the terms that came out as less than 1 % of every loss that much.
Vector3d Raised(const Vector3d& x, double lowest_loss,
                const std::vector<double>& size_term,
                const std::vector<double>& data_term) {
  return x.cwiseMax(0.01 * Vector3d(lowest_loss,
                                    1.0 / std::ranges::max(size_term),
                                    1.0 / std::ranges::max(data_term)));
}

}  // namespace

StartGrid::StartGrid(const ChinchillaObjective& objective, int exponents) {
  assert(exponents >= 2);
  const double ratio = std::log(kHighestExponent / kLowestExponent);
  for (int i = 0; i < exponents; ++i) {
    exponents_.push_back(kLowestExponent *
                         std::exp(ratio * i / (exponents - 1)));
  }
  size_terms_ = Terms(objective.runs(), exponents_, &LossPoint::log_N);
  data_terms_ = Terms(objective.runs(), exponents_, &LossPoint::log_D);
}

std::vector<Start> StartGrid::Starts(
    const ChinchillaObjective& objective) const {
  const double lowest_loss =
      std::ranges::min_element(objective.runs(), {}, &LossPoint::loss)->loss;
  std::vector<Start> starts;
  for (std::size_t i = 0; i < exponents_.size(); ++i) {
    for (std::size_t j = 0; j < exponents_.size(); ++j) {
      const auto sums =
          Accumulate(objective.runs(), size_terms_[i], data_terms_[j]);
      const Vector3d x = NonNegative(sums);
      const Vector3d raised =
          Raised(x, lowest_loss, size_terms_[i], data_terms_[j]);
      starts.push_back({{.E = raised[0],
                         .A = raised[1],
                         .B = raised[2],
                         .alpha = exponents_[i],
                         .beta = exponents_[j]},
                        sums.Squares(x)});
    }
  }
  return starts;
}

}  // namespace isoflop
