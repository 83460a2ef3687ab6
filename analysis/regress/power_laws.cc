// Laws of one variable.

#include <algorithm>
#include <cmath>

#include "analysis/laws/broken_power_law.h"
#include "analysis/laws/offset_power_law.h"
#include "analysis/observe/run_support.h"
#include "analysis/regress/law_models.h"
#include "analysis/regress/span_support.h"

namespace isoflop {
namespace {

/// (k, e, c)
ISOFLOP_VECTORISE void OffsetPowerAt(const double* c, const RunBlock& runs,
                                     BlockPrediction* out) {
  const OffsetPowerLaw law{c[2], c[0], c[1]};
  ForEachLane(
      [&runs, law](int i)
          ISOFLOP_INLINED { return DifferentiateAtLog(law, runs.input[0][i]); },
      out);
  // The law's order is (c, k, e).
  for (int i = 0; i < kLanes; ++i) {
    const double by_c = out->slope[0][i];
    out->slope[0][i] = out->slope[1][i];
    out->slope[1][i] = out->slope[2][i];
    out->slope[2][i] = by_c;
  }
}

/// (k, e)
void PowerAt(const double* c, const RunBlock& runs, BlockPrediction* out) {
  const double all[] = {c[0], c[1], 0.0};
  OffsetPowerAt(all, runs, out);
}

/// (scale^exponent, exponent, offset) of a term that falls.
ISOFLOP_VECTORISE void FallingPowerAt(const double* c, const RunBlock& runs,
                                      BlockPrediction* out) {
  const double rising[] = {c[0], -c[1], c[2]};
  OffsetPowerAt(rising, runs, out);
  for (int i = 0; i < kLanes; ++i) {
    out->slope[1][i] = -out->slope[1][i];
    out->bend[0][i] = -out->bend[0][i];
  }
}

ISOFLOP_VECTORISE void BrokenPowerAt(const double* c, const RunBlock& runs,
                                     BlockPrediction* out) {
  const BrokenPowerLaw law{c[0], c[1], c[2], c[3], c[4], c[5]};
  ForEachLane(
      [&runs, law](int i)
          ISOFLOP_INLINED { return DifferentiateAtLog(law, runs.input[0][i]); },
      out);
}

/// Needs as many different x as a law has coefficients, and not nearly one.
auto LackOfX(std::size_t coefficients) {
  return [coefficients](std::span<const LawRun> runs,
                        const std::vector<bool>&) {
    std::string reason = LackOfSpan(runs, &LawRun::x, "x");
    return reason.empty() ? LackOfValues(runs, &LawRun::x, "x", coefficients)
                          : reason;
  };
}

LawModel OfOneVariable(std::span<const LawRun> runs, const char* name,
                       const char* formula, const char* source,
                       BlockFunction evaluate) {
  LawModel model;
  model.name = name;
  model.formula = formula;
  model.source = source;
  model.inputs = {&LawRun::x};
  model.units = UnitsOf(runs, model.inputs);
  model.evaluate = evaluate;
  return model;
}

const std::vector<std::pair<int, int>> kScaleExponent = {{0, 1}, {1, 1}};

}  // namespace

LawModel PowerLawModel(std::span<const LawRun> runs) {
  LawModel model = OfOneVariable(runs, "power", "y = k x^e",
                                 "a straight line between logarithms", PowerAt);
  model.bends = kScaleExponent;
  model.coefficients = {Scale("k", model.units, 1, -model.units.log_input[0]),
                        AnySign("e", -1.0, 1.0)};
  model.first_starts = 8;
  model.lack = LackOfX(2);
  return model;
}

LawModel OffsetPowerLawModel(std::span<const LawRun> runs) {
  LawModel model =
      OfOneVariable(runs, "power_offset", "y = k x^e + c",
                    "Henighan et al. 2020, arXiv:2010.14701", OffsetPowerAt);
  model.bends = kScaleExponent;
  model.coefficients = {Scale("k", model.units, 1, -model.units.log_input[0]),
                        AnySign("e", -2.0, 2.0), Offset("c", model.units)};
  for (const std::size_t k : {0, 2}) {  // of any sign
    model.coefficients[k].positive = false;
    model.coefficients[k].coordinate = Coordinate::kPlain;
    model.coefficients[k].bound.reset();
  }
  model.level_and_slopes = {{2, {{0, 1}}}};
  model.first_starts = 16;
  model.lack = LackOfX(3);
  return model;
}

LawModel FallingPowerLawModel(std::span<const LawRun> runs) {
  LawModel model = OfOneVariable(
      runs, "falling_power", "y = (scale/x)^exponent + offset",
      "Kaplan et al. 2020, with an irreducible loss", FallingPowerAt);
  const auto [least, most] = std::ranges::minmax(runs, {}, &LawRun::x);
  const double range = std::max(std::log(most.x / least.x), 1e-6);
  model.bends = kScaleExponent;
  model.coefficients = {Scale("scale", model.units, 1, 0.0),
                        Exponent("exponent", 0.3 / range, 9.0 / range),
                        Offset("offset", model.units)};
  model.coefficients[0].is_power = true;
  model.coefficients[0].constant = model.units.log_input[0];
  model.coefficients[0].shear = model.units.log_y;
  model.level_and_slopes = {{2, {{0, 1}}}};
  model.first_starts = 4;
  model.falls_with = {"x"};
  return model;
}

LawModel BrokenPowerLawModel(std::span<const LawRun> runs) {
  LawModel model = OfOneVariable(
      runs, "broken_power_law", "y = a + b x^-c0 (1 + (x/d1)^(1/f1))^(-c1 f1)",
      "Caballero et al. 2022, one break, arXiv:2210.14891", BrokenPowerAt);
  model.bends = {kBrokenPowerBends.begin(), kBrokenPowerBends.end()};
  const auto [least, most] = std::ranges::minmax(runs, {}, &LawRun::x);
  const double quarter = std::exp(0.25 * std::log(most.x / least.x));
  model.coefficients = {Offset("a", model.units),
                        Scale("b", model.units, 2, model.units.log_input[0]),
                        AnySign("c0", 0.05, 1.0),
                        AnySign("c1", -0.3, 0.5),
                        Positive("d1", 1.0 / quarter, quarter),
                        Positive("f1", 0.1, 0.5)};
  model.coefficients[4].constant = model.units.log_input[0];
  model.lack = LackOfX(6);
  return model;
}

}  // namespace isoflop
