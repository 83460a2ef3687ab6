#include <algorithm>
#include <cmath>

#include "analysis/laws/repeated_data.h"
#include "analysis/observe/run_support.h"
#include "analysis/regress/law_models.h"
#include "analysis/regress/span_support.h"

namespace isoflop {
namespace {

void RepeatedDataAt(const double* c, const RunBlock& runs,
                    BlockPrediction* out) {
  const RepeatedData law{c[0], c[1], c[2], c[3], c[4], c[5], c[6]};
  ForEachLane(
      [&runs, law](int i) {
        return Differentiate(law, std::exp(runs.input[0][i]),
                             std::exp(runs.input[1][i]),
                             std::exp(runs.input[2][i]));
      },
      out);
}

std::string LackOfRepetition(std::span<const LawRun> runs,
                             const std::vector<bool>&) {
  const bool repeats = std::ranges::any_of(
      runs, [](const LawRun& run) { return run.D > run.U * (1.0 + 1e-9); });
  if (!repeats) {
    return "no run saw its data twice: this needs a column unique_tokens, with "
           "fewer tokens than were trained on";
  }
  std::string reason = LackOfSizeAndDataSpans(runs);
  return reason.empty() ? LackOfSizesOrTokens(runs) : reason;
}

}  // namespace

LawModel RepeatedDataModel(std::span<const LawRun> runs) {
  LawModel model;
  model.name = "repeated_data";
  model.formula =
      "L = E + A/N'^alpha + B/D'^beta, D' = U_D + U_D R_D (1 - "
      "exp(-(D/U_D - 1)/R_D)), N' = U_N + U_N R_N (1 - exp(-(N/U_N - 1)/R_N))";
  model.source = "Muennighoff et al. 2023, arXiv:2305.16264";
  model.inputs = {&LawRun::N, &LawRun::D, &LawRun::U};
  model.units = UnitsOf(runs, model.inputs);
  model.units.log_input[2] = model.units.log_input[1];  // U is tokens, as D is
  model.evaluate = RepeatedDataAt;
  model.coefficients = {Offset("E", model.units),
                        Scale("A", model.units, 3, model.units.log_input[0]),
                        Scale("B", model.units, 4, model.units.log_input[1]),
                        Positive("alpha", 0.1, 0.7),
                        Positive("beta", 0.1, 0.7),
                        Positive("R_D", 1.0, 512.0),
                        Positive("R_N", 0.5, 32.0)};
  model.coefficients[5].may_be_unlimited = true;
  model.coefficients[6].may_be_unlimited = true;
  model.linear_rounds = 2;  // because U_N depends on A and B
  model.lack = LackOfRepetition;
  return model;
}

}  // namespace isoflop
