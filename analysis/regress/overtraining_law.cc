#include <cmath>

#include "analysis/laws/overtraining.h"
#include "analysis/regress/law_models.h"

namespace isoflop {
namespace {

ISOFLOP_VECTORISE void OvertrainingAt(const double* c, const RunBlock& runs,
                                      BlockPrediction* out) {
  const Overtraining law{c[0], c[1], c[2], c[3]};
  ForEachLane(
      [&runs, law](int i) ISOFLOP_INLINED {
        return DifferentiateAtLog(law, runs.input[0][i], runs.input[1][i]);
      },
      out);
}

}  // namespace

LawModel OvertrainingModel(std::span<const LawRun> runs) {
  LawModel model = OfSizeAndData(runs, OvertrainingAt, kOvertrainingBends);
  model.name = "overtraining";
  model.formula = "L = E + (a M^eta + b M^-eta) C^-eta, M = D/N, C = 6ND";
  model.source = "Gadre et al. 2024, arXiv:2403.08540";
  // C / M is 6 N^2, and C M 6 D^2: with these units both are 1 in the middle.
  for (int k = 0; k < 2; ++k) model.units.log_input[k] += 0.5 * std::log(6.0);
  model.coefficients = {
      Offset("E", model.units),
      Scale("a", model.units, 3, 2.0 * model.units.log_input[0]),
      Scale("b", model.units, 3, 2.0 * model.units.log_input[1]),
      Exponent("eta", 0.02, 1.0)};
  model.level_and_slopes = {{0, {{1, 3}, {2, 3}}}};
  model.first_starts = 16;
  return model;
}

}  // namespace isoflop
