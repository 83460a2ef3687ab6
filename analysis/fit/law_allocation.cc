#include "analysis/fit/law_allocation.h"

#include <algorithm>
#include <cmath>

namespace isoflop {

std::optional<Coupled> AsCoupled(const LawFit& fit) {
  if (fit.status != FitStatus::kOk) return std::nullopt;
  const Eigen::VectorXd p = fit.values();
  if (fit.name == "coupled") return Coupled{p[0], p[1], p[2], p[3], p[4], p[5]};
  if (fit.name == "kaplan_joint") {  // N_c, D_c, alpha_N, alpha_D, E
    return Coupled{
        p[4],      std::pow(p[0], p[2]), std::pow(p[1], p[3]), p[2], p[3],
        1.0 / p[3]};
  }
  if (fit.name == "overtraining") {  // E, a, b, eta
    const double unit = std::pow(6.0, -p[3]);
    return Coupled{p[0], p[1] * unit, p[2] * unit, 2.0 * p[3], 2.0 * p[3], 1.0};
  }
  return std::nullopt;
}

std::optional<LawAllocation> AllocationOf(const LawFit& fit,
                                          std::span<const double> budgets) {
  const std::optional<Coupled> law = AsCoupled(fit);
  if (!law) return std::nullopt;
  LawAllocation allocation;
  allocation.a = law->beta / (law->alpha + law->beta);
  allocation.b = 1.0 - allocation.a;
  allocation.G = OptimumAt(*law, 6.0).N;  // C / 6 = 1
  for (const double flops : budgets) {
    allocation.budgets.push_back({flops, OptimumAt(*law, flops)});
  }
  const bool finite =
      std::isfinite(allocation.a) && std::isfinite(allocation.G) &&
      allocation.G > 0.0 &&
      std::ranges::all_of(allocation.budgets, [](const LawOptimum& b) {
        return std::isfinite(b.run.N) && std::isfinite(b.run.D) &&
               std::isfinite(b.run.loss);
      });
  if (!finite) return std::nullopt;
  return allocation;
}

}  // namespace isoflop
