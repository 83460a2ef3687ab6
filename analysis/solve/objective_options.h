// What is minimised: how residuals are taken and penalised, and which
// coefficients are given.

#pragma once

#include <array>
#include <map>
#include <string>

#include "lib/core/names.h"

namespace isoflop {

/// How a residual r is penalised. See penalty.h for the formulas.
enum class LossKind { kHuber, kLad, kL2, kStudentT };

constexpr std::array<NamedValue<LossKind>, 4> EnumNames(LossKind) {
  return {{{LossKind::kHuber, "huber"},
           {LossKind::kLad, "lad"},
           {LossKind::kL2, "l2"},
           {LossKind::kStudentT, "student_t"}}};
}

/// kLog: r = ln L_predicted - ln L. kRaw: r = L_predicted - L.
enum class ResidualKind { kLog, kRaw };

constexpr std::array<NamedValue<ResidualKind>, 2> EnumNames(ResidualKind) {
  return {{{ResidualKind::kLog, "log"}, {ResidualKind::kRaw, "raw"}}};
}

/// Approach 3 minimises sum_i weight_i rho(r_i): a sum, not a mean.
struct ObjectiveOptions {
  LossKind loss = LossKind::kHuber;
  double delta = 1e-3;  // where Huber turns linear; Hoffmann et al. 2022
  ResidualKind residual = ResidualKind::kLog;
  bool tied_exponents = false;  // alpha = beta

  /// Coefficients that are given instead of fitted, by their names: N in
  /// parameters, D in tokens and L in nats.
  std::map<std::string, double> fixed = {};
};

}  // namespace isoflop
