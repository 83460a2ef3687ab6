#include "analysis/fit/chinchilla_starts.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
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

/// Returns the least-squares solution with only the columns of `kept` (a bit
/// each) not as they are in `others`.
Vector3d SolveFor(const NormalEquations& sums, unsigned kept,
                  const Vector3d& others) {
  Matrix3d products = sums.products;
  Vector3d right_side = sums.right_side;
  for (int j = 0; j < 3; ++j) {
    if ((kept >> j) & 1U) continue;
    right_side -= sums.products.col(j) * others[j];
    products.row(j).setZero();
    products.col(j).setZero();
    products(j, j) = 1.0;
  }
  for (int j = 0; j < 3; ++j) {
    if (((kept >> j) & 1U) == 0U) right_side[j] = others[j];
  }
  return products.ldlt().solve(right_side);
}

/// Of the solutions on every face of the non-negative octant the best; the
/// columns that are not `free` (a bit each) stay as they are in `others`.
Vector3d NonNegative(const NormalEquations& sums, unsigned free,
                     const Vector3d& others) {
  Vector3d unbounded = SolveFor(sums, free, others);
  if (unbounded.allFinite() && unbounded.minCoeff() >= 0.0) return unbounded;
  Vector3d best = others;
  for (unsigned kept = 1; kept < free; ++kept) {
    if ((kept & ~free) != 0U) continue;
    const Vector3d x = SolveFor(sums, kept, others);
    if (x.allFinite() && x.minCoeff() >= 0.0 &&
        sums.Squares(x) < sums.Squares(best)) {
      best = x;
    }
  }
  return best;
}

std::vector<double> Exponents(const HeldCoefficients& held, int which,
                              int count) {
  if (held.Holds(which)) {
    const Chinchilla law = held.Impose({});
    return {which == 3 ? law.alpha : law.beta};
  }
  const double ratio = std::log(kHighestExponent / kLowestExponent);
  std::vector<double> exponents;
  exponents.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    exponents.push_back(kLowestExponent * std::exp(ratio * i / (count - 1)));
  }
  return exponents;
}

}  // namespace

StartGrid::StartGrid(const ChinchillaObjective& objective,
                     const HeldCoefficients& held, int exponents)
    : held_(held),
      alphas_(Exponents(held, 3, exponents)),
      betas_(Exponents(held, 4, exponents)) {
  assert(exponents >= 2);
  const auto sizes = static_cast<int>(alphas_.size());
  const auto tokens = static_cast<int>(betas_.size());
  for (int i = 0; i < sizes; ++i) {
    for (int j = 0; j < tokens; ++j) {
      if (!held.tied() || i == j) pairs_.emplace_back(i, j);
    }
  }
  const auto rows = static_cast<Eigen::Index>(objective.runs().size());
  columns_.resize(rows, 1 + sizes + tokens);
  for (Eigen::Index row = 0; row < rows; ++row) {
    const LossPoint& run = objective.runs()[static_cast<std::size_t>(row)];
    Eigen::Index column = 0;
    columns_(row, column++) = 1.0 / run.loss;
    for (const double alpha : alphas_) {
      columns_(row, column++) = std::exp(-alpha * run.log_N) / run.loss;
    }
    for (const double beta : betas_) {
      columns_(row, column++) = std::exp(-beta * run.log_D) / run.loss;
    }
  }
  largest_ = columns_.colwise().maxCoeff();
}

Start StartGrid::StartAt(const Moments& moments, int i, int j) const {
  const std::array<Eigen::Index, 3> which = {
      0, 1 + i, 1 + static_cast<Eigen::Index>(alphas_.size()) + j};
  const NormalEquations sums{
      .products = moments.products(which, which),
      .right_side = moments.right_side(which).transpose(),
      .target = moments.weight};
  unsigned free = 0;
  for (int k = 0; k < 3; ++k) free |= held_.Holds(k) ? 0U : 1U << k;
  Chinchilla law = held_.Impose({.E = 0.0,
                                 .A = 0.0,
                                 .B = 0.0,
                                 .alpha = alphas_[static_cast<std::size_t>(i)],
                                 .beta = betas_[static_cast<std::size_t>(j)]});
  const Vector3d x = NonNegative(sums, free, Vector3d(law.E, law.A, law.B));
  // What came out as less than 1 % of every loss gets that much.
  const Vector3d least = 0.01 * largest_(which).transpose().cwiseInverse();
  law.E = std::max(x[0], least[0]);
  law.A = std::max(x[1], least[1]);
  law.B = std::max(x[2], least[2]);
  return {held_.Impose(law), sums.Squares(x)};
}

std::vector<Start> StartGrid::Starts(
    const ChinchillaObjective& objective) const {
  Eigen::VectorXd weights(columns_.rows());
  for (Eigen::Index i = 0; i < weights.size(); ++i) {
    weights[i] = objective.runs()[static_cast<std::size_t>(i)].weight;
  }
  const Eigen::MatrixXd weighted = weights.asDiagonal() * columns_;
  const Moments moments{.products = columns_.transpose() * weighted,
                        .right_side = weighted.colwise().sum(),
                        .weight = weights.sum()};
  std::vector<Start> starts;
  starts.reserve(pairs_.size());
  for (const auto& [i, j] : pairs_) starts.push_back(StartAt(moments, i, j));
  if (starts.size() > 1) return starts;
  Chinchilla equal = starts[0].law;
  equal.E = equal.A = equal.B = 1.0 / 3.0;
  starts.push_back({held_.Impose(equal), moments.weight});
  return starts;
}

}  // namespace isoflop
