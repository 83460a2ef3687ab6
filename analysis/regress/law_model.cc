#include "analysis/regress/law_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "analysis/observe/observation.h"
#include "analysis/solve/limits.h"

namespace isoflop {
namespace {

std::size_t CountDistinct(std::span<const LawRun> runs, double LawRun::*value) {
  std::vector<double> values;
  values.reserve(runs.size());
  for (const LawRun& run : runs) values.push_back(run.*value);
  return isoflop::CountDistinct(values);
}

}  // namespace

std::optional<int> LawModel::Find(std::string_view coefficient) const {
  const auto found =
      std::ranges::find(coefficients, coefficient, &Coefficient::name);
  if (found == coefficients.end()) return std::nullopt;
  return static_cast<int>(found - coefficients.begin());
}

int LawModel::variant_count() const {
  return std::max(1, static_cast<int>(variants.size()));
}

OwnCoefficients::OwnCoefficients(const LawModel& model, int variant,
                                 const Eigen::VectorXd& all) {
  if (model.variants.empty()) {
    index.resize(model.coefficients.size());
    std::iota(index.begin(), index.end(), 0);
  } else {
    index = model.variants[static_cast<std::size_t>(variant)];
  }
  for (std::size_t k = 0; k < index.size(); ++k) c[k] = all[index[k]];
}

LawModel OfSizeAndData(std::span<const LawRun> runs, BlockFunction evaluate,
                       std::span<const std::pair<int, int>> bends) {
  LawModel model;
  model.bends = {bends.begin(), bends.end()};
  model.inputs = {&LawRun::N, &LawRun::D};
  model.units = UnitsOf(runs, model.inputs);
  model.evaluate = evaluate;
  model.falls_with = {"the number of parameters", "the number of tokens"};
  model.lack = [](std::span<const LawRun> some, const std::vector<bool>&) {
    return LackOfSizesOrTokens(some);
  };
  return model;
}

Coefficient Offset(const char* name, const DataUnits& units) {
  return {.name = name,
          .coordinate = Coordinate::kPlain,
          .linear = true,
          .bound = 0.0,
          .constant = units.log_y};
}

Coefficient Scale(const char* name, const DataUnits& units, int exponent,
                  double log_input) {
  return {.name = name,
          .linear = true,
          .constant = units.log_y,
          .shear = log_input,
          .sheared_by = exponent};
}

Coefficient Exponent(const char* name, double low, double high) {
  return {
      .name = name, .coordinate = Coordinate::kPlain, .low = low, .high = high};
}

Coefficient Positive(const char* name, double low, double high) {
  return {.name = name, .low = low, .high = high};
}

Coefficient AnySign(const char* name, double low, double high) {
  Coefficient coefficient = Exponent(name, low, high);
  coefficient.positive = false;
  return coefficient;
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

std::string LackOfValues(std::span<const LawRun> runs, double LawRun::*input,
                         const char* name, std::size_t fewest) {
  const std::size_t values = CountDistinct(runs, input);
  if (values >= fewest) return {};
  return fmt::format(
      "{} different {}: at least {} are needed to see a power of {} over a "
      "constant",
      values, name, fewest, name);
}

}  // namespace isoflop
