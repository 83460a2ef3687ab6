// How an ability comes with size: analysis/laws/emergence.h.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "analysis/laws/emergence.h"
#include "analysis/regress/law_models.h"

namespace isoflop {
namespace {

ISOFLOP_VECTORISE void LogisticAt(const double* c, const RunBlock& runs,
                                  BlockPrediction* out) {
  const Logistic law{c[0], c[1], c[2]};
  ForEachLane(
      [&runs, law](int i)
          ISOFLOP_INLINED { return DifferentiateAtLog(law, runs.input[0][i]); },
      out);
}

ISOFLOP_VECTORISE void SkillProductAt(const double* c, const RunBlock& runs,
                                      BlockPrediction* out) {
  const SkillProduct law{c[0], c[1], c[2]};
  ForEachLane(
      [&runs, law](int i)
          ISOFLOP_INLINED { return DifferentiateAtLog(law, runs.input[0][i]); },
      out);
}

/// A law of an ability by x with a top in the unit of y, a size in that of x
/// between `low` and `high` times the range of the data, and a shape.
LawModel OfAbility(std::span<const LawRun> runs, BlockFunction evaluate,
                   double low, double high) {
  LawModel model;
  model.evaluate = evaluate;
  model.inputs = {&LawRun::x};
  model.units = UnitsOf(runs, model.inputs);
  const auto [least, most] = std::ranges::minmax(runs, {}, &LawRun::x);
  const double unit = std::exp(model.units.log_input[0]);
  Coefficient top = Positive("top", 0.5, 2.0);
  top.constant = model.units.log_y;
  top.linear = true;
  Coefficient size =
      Positive("size", low * least.x / unit, high * most.x / unit);
  size.constant = model.units.log_input[0];
  model.coefficients = {top, size, Positive("shape", 1.0, 1.0)};
  model.lack = [](std::span<const LawRun> all, const std::vector<bool>& held) {
    const auto needed =
        static_cast<std::size_t>(std::ranges::count(held, false));
    std::set<double> different;
    for (const LawRun& run : all) different.insert(run.x);
    const std::size_t values = different.size();
    return values >= needed ? std::string()
                            : fmt::format("{} different x, and {} are needed",
                                          values, needed);
  };
  return model;
}

}  // namespace

LawModel LogisticModel(std::span<const LawRun> runs) {
  LawModel model = OfAbility(runs, LogisticAt, 1.0, 1.0);
  model.name = "logistic";
  model.formula = "y = top / (1 + (critical/x)^steepness)";
  model.source = "a logistic curve in ln x";
  model.coefficients[1].name = "critical";
  model.coefficients[2] = Positive("steepness", 0.5, 20.0);
  return model;
}

LawModel SkillProductModel(std::span<const LawRun> runs) {
  LawModel model = OfAbility(runs, SkillProductAt, 0.1, 2.0);
  model.name = "skill_product";
  model.formula = "y = top (1 - e^(-x/scale))^skills";
  model.source = "Okawa et al. 2023, arXiv:2310.09336";
  model.coefficients[1].name = "scale";
  model.coefficients[2] = Positive("skills", 0.5, 50.0);
  return model;
}

}  // namespace isoflop
