#include "analysis/fit/recipe_objective.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace isoflop {
namespace {

/// A residual smaller than this counts as this in LocalQuadratic::magnitude.
constexpr double kSmallestNoise = 1e-6;

using Matrix5 = Eigen::Matrix<double, 5, 5>;

}  // namespace

RecipeData::RecipeData(std::span<const Observation> observations,
                       std::span<const int> recipes) {
  assert(!observations.empty() && observations.size() == recipes.size());
  const double share = 1.0 / static_cast<double>(observations.size());
  for (const Observation& o : observations) {
    mean_log_N_ += share * std::log(o.N);
    mean_log_D_ += share * std::log(o.D);
    mean_log_L_ += share * std::log(o.L);
  }
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const Observation& o = observations[i];
    runs_.push_back({.recipe = recipes[i],
                     .log_N = std::log(o.N) - mean_log_N_,
                     .log_D = std::log(o.D) - mean_log_D_,
                     .log_loss = std::log(o.L) - mean_log_L_,
                     .weight = o.weight});
    given_weights_.push_back(o.weight);
  }
}

void RecipeData::SetWeightFactors(std::span<const double> factors) {
  assert(factors.size() == runs_.size());
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    runs_[i].weight = given_weights_[i] * factors[i];
  }
}

Chinchilla RecipeData::InGivenUnits(const Chinchilla& law) const {
  const double unit = std::exp(mean_log_L_);
  return {.E = law.E * unit,
          .A = law.A * std::exp(mean_log_L_ + law.alpha * mean_log_N_),
          .B = law.B * std::exp(mean_log_L_ + law.beta * mean_log_D_),
          .alpha = law.alpha,
          .beta = law.beta};
}

Chinchilla RecipeData::Centred(const Chinchilla& law) const {
  const double unit = std::exp(-mean_log_L_);
  return {.E = law.E * unit,
          .A = law.A * std::exp(-mean_log_L_ - law.alpha * mean_log_N_),
          .B = law.B * std::exp(-mean_log_L_ - law.beta * mean_log_D_),
          .alpha = law.alpha,
          .beta = law.beta};
}

RecipeObjective::Residual RecipeObjective::ResidualAt(
    const Chinchilla& law, const RecipePoint& run) const {
  const double size = law.A * std::exp(-law.alpha * run.log_N);
  const double data = law.B * std::exp(-law.beta * run.log_D);
  const double offset = with_offset_ ? law.E : 0.0;
  const double loss = offset + size + data;
  Residual r;
  r.value = std::log(loss) - run.log_loss;
  r.size = size / loss;
  r.data = data / loss;
  r.slope = {with_offset_ ? 1.0 / loss : 0.0, r.size, r.data,
             -run.log_N * r.size, -run.log_D * r.data};
  return r;
}

/// d2 ln(loss) = d2(loss)/loss - d(loss) d(loss)^T / loss^2.
Eigen::Matrix<double, 5, 5> RecipeObjective::ResidualHessian(
    const Residual& r, const RecipePoint& run) {
  const Eigen::Map<const Eigen::Matrix<double, 5, 1>> slope(r.slope.data());
  Matrix5 hessian = -slope * slope.transpose();
  const double x = run.log_N;
  const double y = run.log_D;
  hessian(1, 1) += r.size;
  hessian(1, 3) -= x * r.size;
  hessian(3, 1) -= x * r.size;
  hessian(3, 3) += x * x * r.size;
  hessian(2, 2) += r.data;
  hessian(2, 4) -= y * r.data;
  hessian(4, 2) -= y * r.data;
  hessian(4, 4) += y * y * r.data;
  return hessian;
}

double RecipeObjective::Value(const Eigen::VectorXd& point) const {
  double value = 0.0;
  for (const RecipePoint& run : data_.runs()) {
    if (run.weight == 0.0) continue;
    const Chinchilla law = layout_.LawAt(point, run.recipe);
    value += run.weight * penalty_(ResidualAt(law, run).value).value;
  }
  return value;
}

LocalQuadratic RecipeObjective::ModelAt(const Eigen::VectorXd& point) const {
  const int size = layout_.size();
  LocalQuadratic model{.value = 0.0,
                       .gradient = Eigen::VectorXd::Zero(size),
                       .hessian = Eigen::MatrixXd::Zero(size, size),
                       .curvature_scale = Eigen::VectorXd::Zero(size),
                       .magnitude = Eigen::VectorXd::Zero(size)};
  for (const RecipePoint& run : data_.runs()) {
    if (run.weight == 0.0) continue;
    const Residual r = ResidualAt(layout_.LawAt(point, run.recipe), run);
    const PenaltyValue p = penalty_(r.value);
    const double square = penalty_.SquareWeight(r.value);
    const double noise = std::max(std::abs(r.value), kSmallestNoise);
    const double magnitude = penalty_(noise).slope;
    const Matrix5 bend = ResidualHessian(r, run);
    const auto indices = layout_.IndicesOf(run.recipe);
    model.value += run.weight * p.value;
    for (std::size_t j = 0; j < 5; ++j) {
      const double slope = r.slope[j];
      model.gradient[indices[j]] += run.weight * p.slope * slope;
      model.magnitude[indices[j]] += run.weight * magnitude * std::abs(slope);
      model.curvature_scale[indices[j]] += run.weight * square * slope * slope;
      for (std::size_t k = 0; k < 5; ++k) {
        model.hessian(indices[j], indices[k]) +=
            run.weight *
            (p.curvature * slope * r.slope[k] +
             p.slope * bend(static_cast<int>(j), static_cast<int>(k)));
      }
    }
  }
  if (with_offset_) return model;
  model.hessian(0, 0) = 1.0;  // E stays put
  model.curvature_scale[0] = 1.0;
  return model;
}

bool RecipeObjective::RootPenalties(const Eigen::VectorXd& point, double scale,
                                    double* roots, double* jacobian) const {
  const int count = runs();
  if (jacobian != nullptr) {
    std::fill_n(jacobian, count * layout_.size(), 0.0);
  }
  for (int i = 0; i < count; ++i) {
    const RecipePoint& run = data_.runs()[static_cast<std::size_t>(i)];
    roots[i] = 0.0;
    if (run.weight == 0.0) continue;
    const Residual r = ResidualAt(layout_.LawAt(point, run.recipe), run);
    const PenaltyValue p = penalty_(r.value);
    roots[i] = std::copysign(scale * std::sqrt(run.weight * p.value), r.value);
    if (!std::isfinite(roots[i])) return false;
    if (jacobian == nullptr) continue;
    // R^2 = scale^2 w rho; at r = 0 the limit, by the second derivative.
    const double by_residual =
        roots[i] == 0.0 ? scale * std::sqrt(0.5 * run.weight * p.curvature)
                        : 0.5 * scale * scale * run.weight * p.slope / roots[i];
    const auto indices = layout_.IndicesOf(run.recipe);
    for (std::size_t j = 0; j < 5; ++j) {
      jacobian[indices[j] * count + i] = by_residual * r.slope[j];
    }
  }
  return true;
}

}  // namespace isoflop
