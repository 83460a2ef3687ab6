#include "analysis/fit/chinchilla_objective.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace isoflop {
namespace {

/// A residual smaller than this counts as this in LocalModel::magnitude.
constexpr double kSmallestNoise = 1e-6;

Vector5 AsVector(const std::array<double, 5>& values) {
  return Eigen::Map<const Vector5>(values.data());
}

/// The law with its losses multiplied.
Chinchilla Times(double factor, Chinchilla law) {
  law.E *= factor;
  law.A *= factor;
  law.B *= factor;
  return law;
}

/// The law's second derivatives by its parameters.
Matrix5 LawHessian(const ChinchillaDerivatives& law) {
  Matrix5 hessian = Matrix5::Zero();
  hessian(1, 3) = hessian(3, 1) = law.A_alpha;
  hessian(2, 4) = hessian(4, 2) = law.B_beta;
  hessian(3, 3) = law.alpha_alpha;
  hessian(4, 4) = law.beta_beta;
  return hessian;
}

}  // namespace

ChinchillaObjective::ChinchillaObjective(
    std::span<const Observation> observations, const Penalty& penalty,
    ResidualKind residual)
    : penalty_(penalty), residual_(residual) {
  assert(!observations.empty());
  const double share = 1.0 / static_cast<double>(observations.size());
  double mean_log_loss = 0.0;
  given_weights_.reserve(observations.size());
  for (const Observation& o : observations) {
    mean_log_N_ += share * std::log(o.N);
    mean_log_D_ += share * std::log(o.D);
    mean_log_loss += share * std::log(o.L);
    given_weights_.push_back(o.weight);
  }
  loss_unit_ = std::exp(mean_log_loss);
  runs_.reserve(observations.size());
  for (const Observation& o : observations) {
    runs_.push_back({.log_N = std::log(o.N) - mean_log_N_,
                     .log_D = std::log(o.D) - mean_log_D_,
                     .loss = o.L / loss_unit_,
                     .log_loss = std::log(o.L / loss_unit_),
                     .weight = o.weight});
  }
}

ResidualLink ChinchillaObjective::Link(double predicted,
                                       const LossPoint& run) const {
  if (!(predicted > 0.0)) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return {kInfinity, kInfinity, 0.0};
  }
  if (residual_ == ResidualKind::kRaw) {
    return {loss_unit_ * (predicted - run.loss), loss_unit_, 0.0};
  }
  const double inverse = 1.0 / predicted;
  return {std::log(predicted) - run.log_loss, inverse, -inverse * inverse};
}

void ChinchillaObjective::SetWeightFactors(std::span<const double> factors) {
  assert(factors.size() == runs_.size());
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    runs_[i].weight = given_weights_[i] * factors[i];
  }
}

double ChinchillaObjective::Residual(const Chinchilla& law,
                                     const LossPoint& run) const {
  return Link(LossAtLog(law, run.log_N, run.log_D), run).value;
}

double ChinchillaObjective::Value(Face face, const Vector5& point) const {
  const Chinchilla law = LawAt(face, point);
  double value = 0.0;
  for (const LossPoint& run : runs_) {
    if (run.weight == 0.0) continue;
    value += run.weight * penalty_(Residual(law, run)).value;
  }
  return value;
}

bool ChinchillaObjective::RootPenalties(Face face, const Vector5& point,
                                        double scale, std::span<double> roots,
                                        double* jacobian) const {
  const Chinchilla law = LawAt(face, point);
  const Matrix5 by_coordinate = ParameterJacobian(face, law).transpose();
  const auto rows = static_cast<Eigen::Index>(runs_.size());
  const double least = penalty_(0.0).value;
  bool finite = true;
  for (Eigen::Index i = 0; i < rows; ++i) {
    const LossPoint& run = runs_[static_cast<std::size_t>(i)];
    const auto d = DifferentiateAtLog(law, run.log_N, run.log_D);
    const ResidualLink r = Link(d.loss, run);
    const PenaltyValue p = penalty_(r.value);
    const double root = std::sqrt(std::max(p.value - least, 0.0));
    // rho'(r) / (2 root), which tends to sqrt(rho''(0) / 2) as r goes to 0.
    const double slope = root > 0.0 ? 0.5 * std::abs(p.slope) / root
                                    : std::sqrt(0.5 * p.curvature);
    const double factor = scale * std::sqrt(run.weight);
    roots[static_cast<std::size_t>(i)] = factor * std::copysign(root, r.value);
    finite = finite && std::isfinite(root);
    if (jacobian == nullptr) continue;
    const Vector5 dr = by_coordinate * AsVector(d.gradient);
    for (Eigen::Index j = 0; j < 5; ++j) {
      jacobian[j * rows + i] = factor * slope * r.slope * dr[j];
    }
  }
  return finite;
}

LocalModel ChinchillaObjective::ModelAt(Face face, const Vector5& point) const {
  const Chinchilla law = LawAt(face, point);
  const Matrix5 jacobian = ParameterJacobian(face, law);
  LocalModel model;
  Vector5 by_parameter = Vector5::Zero();
  Matrix5 law_hessian = Matrix5::Zero();
  for (const LossPoint& run : runs_) {
    if (run.weight == 0.0) continue;
    const auto d = DifferentiateAtLog(law, run.log_N, run.log_D);
    const ResidualLink r = Link(d.loss, run);
    const PenaltyValue p = penalty_(r.value);
    const double slope = run.weight * p.slope * r.slope;
    const double bend = p.curvature * r.slope * r.slope + p.slope * r.curvature;
    const double square = penalty_.SquareWeight(r.value) * r.slope * r.slope;
    const double noise = std::max(std::abs(r.value), kSmallestNoise);
    const Vector5 dL = jacobian.transpose() * AsVector(d.gradient);
    const Matrix5 product = run.weight * dL * dL.transpose();
    model.value += run.weight * p.value;
    model.gradient += slope * dL;
    model.magnitude +=
        run.weight * penalty_(noise).slope * (r.slope * dL).cwiseAbs();
    model.hessian += bend * product;
    model.reweighted += square * product;
    by_parameter += slope * AsVector(d.gradient);
    law_hessian += slope * LawHessian(d);
  }
  model.slope_by_E = by_parameter[0];
  model.hessian += jacobian.transpose() * law_hessian * jacobian +
                   ParameterCurvature(face, law, by_parameter);
  if (face == Face::kInside) return model;
  model.hessian(0, 0) = 1.0;  // the coordinate that means nothing stays put
  model.reweighted(0, 0) = 1.0;
  return model;
}

Chinchilla ChinchillaObjective::InGivenUnits(const Chinchilla& law) const {
  return Times(loss_unit_,
               Rescaled(law, std::exp(-mean_log_N_), std::exp(-mean_log_D_)));
}

Chinchilla ChinchillaObjective::Centred(const Chinchilla& law) const {
  return Times(1.0 / loss_unit_,
               Rescaled(law, std::exp(mean_log_N_), std::exp(mean_log_D_)));
}

Matrix5 ChinchillaObjective::GivenJacobian(const Chinchilla& law) const {
  Matrix5 jacobian = Matrix5::Zero();
  jacobian.diagonal() << law.E, law.A, law.B, 1.0, 1.0;
  jacobian(1, 3) = -mean_log_N_ * law.A;  // ln A = ln A given - alpha mean ln N
  jacobian(2, 4) = -mean_log_D_ * law.B;
  return jacobian;
}

}  // namespace isoflop
