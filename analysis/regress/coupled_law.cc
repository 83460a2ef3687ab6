#include "analysis/laws/coupled.h"
#include "analysis/regress/law_models.h"

namespace isoflop {
namespace {

ISOFLOP_VECTORISE void CoupledAt(const double* c, const RunBlock& runs,
                                 BlockPrediction* out) {
  const CoupledPowers law({c[0], c[1], c[2], c[3], c[4], c[5]});
  ForEachLane(
      [&runs, law](int i) ISOFLOP_INLINED {
        return DifferentiateAtLog(law, runs.input[0][i], runs.input[1][i]);
      },
      out);
}

}  // namespace

LawModel CoupledModel(std::span<const LawRun> runs) {
  LawModel model = OfSizeAndData(runs, CoupledAt, kCoupledBends);
  model.name = "coupled";
  model.formula =
      "L = E + (u^kappa + v^kappa)^(1/kappa), u = A/N^alpha, v = B/D^beta";
  model.source = "between Chinchilla (kappa = 1) and Kaplan (kappa = 1/beta)";
  model.coefficients = {Offset("E", model.units),
                        Scale("A", model.units, 3, model.units.log_input[0]),
                        Scale("B", model.units, 4, model.units.log_input[1]),
                        Exponent("alpha", 0.03, 2.0),
                        Exponent("beta", 0.03, 2.0),
                        Positive("kappa", 1.0, 10.0)};
  model.coefficients[5].bound = 1.0;
  model.linear_rounds = 3;  // A and B are only nearly linear
  return model;
}

}  // namespace isoflop
