#include "analysis/solve/penalty.h"

#include <cmath>
#include <numbers>

namespace isoflop {

Penalty Penalty::Student(const StudentT& density) {
  const double nu = density.degrees_of_freedom;
  Penalty penalty(LossKind::kStudentT, 0.0);
  penalty.student_ = {nu * density.scale * density.scale, nu + 1.0};
  penalty.floor_ = std::lgamma(0.5 * nu) - std::lgamma(0.5 * (nu + 1.0)) +
                   0.5 * std::log(nu * std::numbers::pi) +
                   std::log(density.scale);
  return penalty;
}

PenaltyValue Penalty::operator()(double r) const {
  switch (kind_) {
    case LossKind::kHuber:
    case LossKind::kLad:
      return huber()(r);
    case LossKind::kL2:
      return SquarePenalty{}(r);
    case LossKind::kStudentT:
      break;
  }
  PenaltyValue value = student_(r);
  value.value += floor_;
  return value;
}

double Penalty::SquareWeight(double r) const {
  const PenaltyValue p = (*this)(r);
  return r == 0.0 ? p.curvature : p.slope / r;
}

}  // namespace isoflop
