#include "analysis/fit/lanes.h"

#include <cmath>

namespace isoflop {
namespace {

PenaltyLanes HuberAt(double delta, double scale, const Lanes& r) {
  const Lanes magnitude = r.abs();
  const auto inside = magnitude <= delta;
  return {inside.select(0.5 * scale * r.square(),
                        scale * delta * (magnitude - 0.5 * delta)),
          scale * r.max(-delta).min(delta),
          inside.select(Lanes::Constant(scale), Lanes::Zero())};
}

PenaltyLanes StudentAt(const Penalty& penalty, const Lanes& r) {
  const StudentT& density = penalty.density();
  const double nu = density.degrees_of_freedom;
  const double width = nu * density.scale * density.scale;
  const Lanes square = r.square();
  const Lanes inverse = (width + square).inverse();
  return {
      penalty.log_normaliser() + 0.5 * (nu + 1.0) * (square / width).log1p(),
      (nu + 1.0) * r * inverse,
      (nu + 1.0) * (width - square) * inverse.square()};
}

}  // namespace

Lanes Exp(const Lanes& x) {
  Lanes result;
  for (int i = 0; i < kLanes; ++i) result[i] = std::exp(x[i]);
  return result;
}

Lanes Log(const Lanes& x) {
  Lanes result;
  for (int i = 0; i < kLanes; ++i) result[i] = std::log(x[i]);
  return result;
}

PenaltyLanes PenaltyAt(const Penalty& penalty, const Lanes& r) {
  switch (penalty.kind()) {
    case LossKind::kHuber:
      return HuberAt(penalty.delta(), 1.0, r);
    case LossKind::kLad:
      return HuberAt(penalty.delta(), 1.0 / penalty.delta(), r);
    case LossKind::kL2:
      return {r.square(), 2.0 * r, Lanes::Constant(2.0)};
    case LossKind::kStudentT:
      break;
  }
  return StudentAt(penalty, r);
}

}  // namespace isoflop
