#include "analysis/regress/law_model.h"

#include <algorithm>
#include <numeric>

#include "analysis/observe/run_support.h"
#include "analysis/regress/span_support.h"

namespace isoflop {

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
    std::string reason = LackOfSizeAndDataSpans(some);
    return reason.empty() ? LackOfSizesOrTokens(some) : reason;
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

}  // namespace isoflop
