// Approach 3 (Hoffmann et al. 2022, section 3.3), and the laws of several
// recipes at once.

#include <algorithm>
#include <cmath>

#include "analysis/laws/chinchilla.h"
#include "analysis/observe/run_support.h"
#include "analysis/regress/law_models.h"
#include "analysis/regress/span_support.h"

namespace isoflop {
namespace {

ISOFLOP_VECTORISE void ChinchillaAt(const double* c, const RunBlock& runs,
                                    BlockPrediction* out) {
  const Chinchilla law{c[0], c[1], c[2], c[3], c[4]};
  ForEachLane(
      [&runs, law](int i) ISOFLOP_INLINED {
        return DifferentiateAtLog(law, runs.input[0][i], runs.input[1][i]);
      },
      out);
}

/// From nearly logarithms to steeper than any seen.
constexpr double kLowestExponent = 0.03;
constexpr double kHighestExponent = 3.0;

/// How many different N (or D) the term of a scale and its exponent takes to be
/// told from a constant.
std::size_t FewestValues(const std::vector<bool>& held, std::size_t scale,
                         std::size_t exponent) {
  const auto fewest = std::ranges::count(
      std::vector<bool>{held[0], held[scale], held[exponent]}, false);
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(fewest, 1));
}

/// A term of which one number is fitted, and nothing beside it, can do with
/// runs that are all alike.
std::string LackOfTerm(std::span<const LawRun> runs, double LawRun::*input,
                       const char* name, std::size_t fewest) {
  std::string reason;
  if (fewest > 1) reason = LackOfSpan(runs, input, name);
  return reason.empty() ? LackOfValues(runs, input, name, fewest) : reason;
}

std::string LackOfPowers(std::span<const LawRun> runs,
                         const std::vector<bool>& held) {
  std::string reason =
      LackOfTerm(runs, &LawRun::N, "N", FewestValues(held, 1, 3));
  if (reason.empty()) {
    reason = LackOfTerm(runs, &LawRun::D, "D", FewestValues(held, 2, 4));
  }
  const bool both_exponents = !held[3] && !held[4];
  if (reason.empty() && both_exponents) reason = LackOfDirections(runs);
  return reason;
}

}  // namespace

LawModel ChinchillaModel(std::span<const LawRun> runs) {
  LawModel model = OfSizeAndData(runs, ChinchillaAt, kChinchillaBends);
  model.name = "chinchilla";
  model.formula = "L = E + A/N^alpha + B/D^beta";
  model.source = "Hoffmann et al. 2022, arXiv:2203.15556";
  model.coefficients = {Offset("E", model.units),
                        Scale("A", model.units, 3, model.units.log_input[0]),
                        Scale("B", model.units, 4, model.units.log_input[1]),
                        Exponent("alpha", kLowestExponent, kHighestExponent),
                        Exponent("beta", kLowestExponent, kHighestExponent)};
  model.level_and_slopes = {{0, {{1, 3}, {2, 4}}}};
  model.lack = LackOfPowers;
  return model;
}

LawModel RecipesModel(std::span<const LawRun> runs, int recipes,
                      RecipeSharing sharing) {
  LawModel model = OfSizeAndData(runs, ChinchillaAt, kChinchillaBends);
  model.lack = {};  // no recipe has to determine its law alone
  const int scales = sharing == RecipeSharing::kEverything ? 1 : recipes;
  const int exponents = sharing == RecipeSharing::kOffset ? recipes : 1;
  const int first_A = 1;
  const int first_B = first_A + scales;
  const int first_alpha = first_B + scales;
  const int first_beta = first_alpha + exponents;
  model.name = "recipes";
  model.coefficients = {Offset("E", model.units)};
  const auto add_scales = [&](const char* name, int first_exponent,
                              double log_input) {
    for (int r = 0; r < scales; ++r) {
      const int exponent = first_exponent + (exponents == 1 ? 0 : r);
      model.coefficients.push_back(
          Scale(name, model.units, exponent, log_input));
    }
  };
  add_scales("A", first_alpha, model.units.log_input[0]);
  add_scales("B", first_beta, model.units.log_input[1]);
  for (const char* name : {"alpha", "beta"}) {
    for (int r = 0; r < exponents; ++r) {
      model.coefficients.push_back(Exponent(name, 0.1, 1.0));
    }
  }
  for (int recipe = 0; recipe < recipes; ++recipe) {
    const int scale = scales == 1 ? 0 : recipe;
    const int exponent = exponents == 1 ? 0 : recipe;
    model.variants.push_back({0, first_A + scale, first_B + scale,
                              first_alpha + exponent, first_beta + exponent});
  }
  // Descents begin with exponents that all recipes share.
  model.first_starts = 16;
  model.start_dimensions = 2;
  model.start = [size = model.size(), first_alpha, first_beta](
                    const Eigen::VectorXd& cube, std::span<const RunBlock>) {
    const auto exponent = [&](int j) { return 0.1 * std::pow(10.0, cube[j]); };
    Eigen::VectorXd c = Eigen::VectorXd::Ones(size);
    c.segment(first_alpha, first_beta - first_alpha).setConstant(exponent(0));
    c.tail(size - first_beta).setConstant(exponent(1));
    return c;
  };
  return model;
}

}  // namespace isoflop
