#include "analysis/laws/kaplan.h"
#include "analysis/regress/law_models.h"

namespace isoflop {
namespace {

ISOFLOP_VECTORISE void KaplanAt(const double* c, const RunBlock& runs,
                                BlockPrediction* out) {
  const KaplanPowers law(c[0], c[1], c[2], c[3], c[4]);
  ForEachLane(
      [&runs, law](int i) ISOFLOP_INLINED {
        return DifferentiateAtLog(law, runs.input[0][i], runs.input[1][i]);
      },
      out);
}

}  // namespace

LawModel KaplanJointModel(std::span<const LawRun> runs) {
  LawModel model = OfSizeAndData(runs, KaplanAt, kKaplanBends);
  model.name = "kaplan_joint";
  model.formula = "L = E + ((N_c/N)^(alpha_N/alpha_D) + D_c/D)^alpha_D";
  model.source = "Kaplan et al. 2020, eq. (1.5), with E, arXiv:2001.08361";
  model.coefficients = {Scale("N_c", model.units, 2, model.units.log_input[0]),
                        Scale("D_c", model.units, 3, model.units.log_input[1]),
                        Positive("alpha_N", 0.03, 1.2),
                        Positive("alpha_D", 0.03, 1.2),
                        Offset("E", model.units)};
  for (int k = 0; k < 2; ++k) {
    Coefficient& scale = model.coefficients[static_cast<std::size_t>(k)];
    scale.is_power = true;  // (N_c / N)^alpha_N
    scale.constant = model.units.log_input[k];
    scale.shear = model.units.log_y;
  }
  model.linear_rounds = 3;  // the powers are only nearly linear
  return model;
}

}  // namespace isoflop
