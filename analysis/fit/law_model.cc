#include "analysis/fit/law_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/fit/limits.h"
#include "analysis/laws/broken_power_law.h"
#include "analysis/laws/offset_power_law.h"
#include "analysis/laws/overtraining.h"
#include "analysis/laws/repeated_data.h"

namespace isoflop {
namespace {

/// Where exponents start, whatever the law.
const std::vector<double> kExponents = {0.1, 0.3, 0.7};

std::size_t CountDistinct(std::span<const LawRun> runs, double LawRun::*value) {
  std::vector<double> values;
  values.reserve(runs.size());
  for (const LawRun& run : runs) values.push_back(run.*value);
  return isoflop::CountDistinct(std::move(values));
}

std::string LackOfRepetition(std::span<const LawRun> runs) {
  const bool repeats = std::ranges::any_of(
      runs, [](const LawRun& run) { return run.D > run.U * (1.0 + 1e-9); });
  if (!repeats) {
    return "no run saw its data twice: this needs a column unique_tokens, with "
           "fewer tokens than were trained on";
  }
  return LackOfSizesOrTokens(runs);
}

/// Needs as many different x as a law has coefficients.
auto LackOfValues(std::size_t coefficients) {
  return [coefficients](std::span<const LawRun> runs) -> std::string {
    const std::size_t values = CountDistinct(runs, &LawRun::x);
    if (values >= coefficients) return {};
    return fmt::format("{} different x: at least {} are needed", values,
                       coefficients);
  };
}

template <std::size_t count>
double Copy(const LawDerivatives<count>& derivatives, double* gradient) {
  std::ranges::copy(derivatives.gradient, gradient);
  return derivatives.value;
}

/// E: positive, in units of the middle loss, and it may be 0.
CoefficientSpec Limit(const char* name, double log_unit) {
  return {.name = name,
          .linear = true,
          .may_vanish = true,
          .constant = log_unit,
          .starts = {}};
}

/// A in A / N^alpha, for N with mean logarithm `centre`.
CoefficientSpec Scale(const char* name, double log_unit, int exponent,
                      double centre) {
  return {.name = name,
          .linear = true,
          .constant = log_unit,
          .sheared_by = exponent,
          .shear = centre,
          .starts = {}};
}

CoefficientSpec Positive(const char* name, std::vector<double> starts) {
  return {.name = name, .starts = std::move(starts)};
}

CoefficientSpec Free(const char* name, std::vector<double> starts) {
  return {.name = name, .positive = false, .starts = std::move(starts)};
}

}  // namespace

double MeanLog(std::span<const LawRun> runs, double LawRun::*value) {
  double sum = 0.0;
  for (const LawRun& run : runs) sum += std::log(run.*value);
  return sum / static_cast<double>(runs.size());
}

std::string LackOfSizesOrTokens(std::span<const LawRun> runs) {
  const std::size_t sizes = CountDistinct(runs, &LawRun::N);
  const std::size_t tokens = CountDistinct(runs, &LawRun::D);
  if (sizes >= kFewestValues && tokens >= kFewestValues) return {};
  const bool is_sizes = sizes < kFewestValues;
  return fmt::format("{} different {}: at least {} are needed",
                     is_sizes ? sizes : tokens, is_sizes ? "N" : "D",
                     kFewestValues);
}

std::vector<LawRun> RunsOf(std::span<const Observation> observations) {
  std::vector<LawRun> runs;
  runs.reserve(observations.size());
  for (const Observation& o : observations) {
    runs.push_back({.N = o.N,
                    .D = o.D,
                    .U = o.unique_tokens.value_or(o.D),
                    .x = o.C,
                    .y = o.L,
                    .weight = o.weight});
  }
  return runs;
}

std::optional<int> LawModel::Find(std::string_view coefficient) const {
  const auto found =
      std::ranges::find(coefficients, coefficient, &CoefficientSpec::name);
  if (found == coefficients.end()) return std::nullopt;
  return static_cast<int>(found - coefficients.begin());
}

LawModel RepeatedDataModel(std::span<const LawRun> runs) {
  const double loss = MeanLog(runs, &LawRun::y);
  LawModel model;
  model.name = "repeated_data";
  model.formula =
      "L = E + A/N'^alpha + B/D'^beta, D' = U_D + U_D R_D (1 - "
      "exp(-(D/U_D - 1)/R_D)), N' = U_N + U_N R_N (1 - exp(-(N/U_N - 1)/R_N))";
  model.source = "Muennighoff et al. 2023, arXiv:2305.16264";
  model.coefficients = {Limit("E", loss),
                        Scale("A", loss, 3, MeanLog(runs, &LawRun::N)),
                        Scale("B", loss, 4, MeanLog(runs, &LawRun::D)),
                        Positive("alpha", kExponents),
                        Positive("beta", kExponents),
                        Positive("R_D", {1.0, 8.0, 64.0, 512.0}),
                        Positive("R_N", {0.5, 4.0, 32.0})};
  model.coefficients[5].may_be_unlimited = true;
  model.coefficients[6].may_be_unlimited = true;
  model.predict = [](const double* p, const LawRun& run, double* gradient) {
    const RepeatedData law{p[0], p[1], p[2], p[3], p[4], p[5], p[6]};
    return Copy(Differentiate(law, run.N, run.D, run.U), gradient);
  };
  model.lack = LackOfRepetition;
  return model;
}

LawModel OvertrainingModel(std::span<const LawRun> runs) {
  const double loss = MeanLog(runs, &LawRun::y);
  const double six = std::log(6.0);
  LawModel model;
  model.name = "overtraining";
  model.formula = "L = E + (a M^eta + b M^-eta) C^-eta, M = D/N, C = 6ND";
  model.source = "Gadre et al. 2024, arXiv:2403.08540";
  model.coefficients = {
      Limit("E", loss),
      Scale("a", loss, 3, six + 2.0 * MeanLog(runs, &LawRun::N)),
      Scale("b", loss, 3, six + 2.0 * MeanLog(runs, &LawRun::D)),
      Positive("eta", {0.03, 0.08, 0.15, 0.3, 0.6})};
  model.predict = [](const double* p, const LawRun& run, double* gradient) {
    const Overtraining law{p[0], p[1], p[2], p[3]};
    return Copy(Differentiate(law, run.N, run.D), gradient);
  };
  model.lack = LackOfSizesOrTokens;
  return model;
}

LawModel BrokenPowerLawModel(std::span<const LawRun> runs) {
  const double unit = MeanLog(runs, &LawRun::y);
  const double centre = MeanLog(runs, &LawRun::x);
  const auto [least, most] = std::ranges::minmax(runs, {}, &LawRun::x);
  const double half_range = 0.5 * std::log(most.x / least.x);
  LawModel model;
  model.name = "broken_power_law";
  model.formula = "y = a + b x^-c0 (1 + (x/d1)^(1/f1))^(-c1 f1)";
  model.source = "Caballero et al. 2022, one break, arXiv:2210.14891";
  model.coefficients = {Limit("a", unit),
                        Scale("b", unit, 2, centre),
                        Free("c0", {0.05, 0.3, 1.0}),
                        Free("c1", {-0.3, 0.1, 0.5}),
                        Positive("d1", {std::exp(-0.5 * half_range), 1.0,
                                        std::exp(0.5 * half_range)}),
                        Positive("f1", {0.1, 0.5})};
  model.coefficients[4].constant = centre;
  model.predict = [](const double* p, const LawRun& run, double* gradient) {
    const BrokenPowerLaw law{p[0], p[1], p[2], p[3], p[4], p[5]};
    return Copy(Differentiate(law, run.x), gradient);
  };
  model.lack = LackOfValues(6);
  return model;
}

LawModel PowerLawModel(std::span<const LawRun> runs) {
  LawModel model;
  model.name = "power";
  model.formula = "y = k x^e";
  model.source = "a straight line between logarithms";
  model.coefficients = {
      Scale("k", MeanLog(runs, &LawRun::y), 1, -MeanLog(runs, &LawRun::x)),
      Free("e", {-1.0, -0.3, 0.0, 0.3, 1.0})};
  model.predict = [](const double* p, const LawRun& run, double* gradient) {
    const OffsetPowerLaw law{0.0, p[0], p[1]};
    const auto d = Differentiate(law, run.x);
    gradient[0] = d.gradient[1];
    gradient[1] = d.gradient[2];
    return d.value;
  };
  model.lack = LackOfValues(2);
  return model;
}

LawModel OffsetPowerLawModel(std::span<const LawRun> runs) {
  const double unit = MeanLog(runs, &LawRun::y);
  LawModel model;
  model.name = "power_offset";
  model.formula = "y = k x^e + c";
  model.source = "Henighan et al. 2020, arXiv:2010.14701";
  model.coefficients = {
      Scale("k", unit, 1, -MeanLog(runs, &LawRun::x)),
      Free("e", {-2.0, -1.0, -0.5, -0.2, -0.05, 0.05, 0.2, 0.5, 1.0, 2.0}),
      Limit("c", unit)};
  for (const int sign_is_free : {0, 2}) {
    CoefficientSpec& spec =
        model.coefficients[static_cast<std::size_t>(sign_is_free)];
    spec.positive = false;
    spec.may_vanish = false;
  }
  model.predict = [](const double* p, const LawRun& run, double* gradient) {
    const OffsetPowerLaw law{p[2], p[0], p[1]};
    const auto d = Differentiate(law, run.x);
    gradient[0] = d.gradient[1];
    gradient[1] = d.gradient[2];
    gradient[2] = d.gradient[0];
    return d.value;
  };
  model.lack = LackOfValues(3);
  return model;
}

}  // namespace isoflop
