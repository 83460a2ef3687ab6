#include "analysis/fit/penalty.h"

#include <cmath>
#include <numbers>

namespace isoflop {

Penalty Penalty::Student(const StudentT& density) {
  const double nu = density.degrees_of_freedom;
  Penalty penalty(LossKind::kStudentT, 0.0);
  penalty.density_ = density;
  penalty.log_normaliser_ =
      std::lgamma(0.5 * nu) - std::lgamma(0.5 * (nu + 1.0)) +
      0.5 * std::log(nu * std::numbers::pi) + std::log(density.scale);
  return penalty;
}

PenaltyValue Penalty::operator()(double r) const {
  switch (kind_) {
    case LossKind::kHuber:
      return HuberAt(r);
    case LossKind::kLad: {
      const PenaltyValue p = HuberAt(r);
      return {p.value / delta_, p.slope / delta_, p.curvature / delta_};
    }
    case LossKind::kL2:
      return {r * r, 2.0 * r, 2.0};
    case LossKind::kStudentT:
      return StudentAt(r);
  }
  return {};
}

PenaltyValue Penalty::HuberAt(double r) const {
  const double magnitude = std::abs(r);
  if (magnitude <= delta_) return {0.5 * r * r, r, 1.0};
  return {delta_ * (magnitude - 0.5 * delta_), std::copysign(delta_, r), 0.0};
}

PenaltyValue Penalty::StudentAt(double r) const {
  const double nu = density_.degrees_of_freedom;
  const double width = nu * density_.scale * density_.scale;
  const double sum = width + r * r;
  return {log_normaliser_ + 0.5 * (nu + 1.0) * std::log1p(r * r / width),
          (nu + 1.0) * r / sum, (nu + 1.0) * (width - r * r) / (sum * sum)};
}

double Penalty::SquareWeight(double r) const {
  const PenaltyValue p = (*this)(r);
  return r == 0.0 ? p.curvature : p.slope / r;
}

}  // namespace isoflop
