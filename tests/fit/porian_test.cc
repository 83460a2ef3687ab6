// Known answers: Porian et al. 2024 (arXiv:2406.19146), five recipes between
// that of Kaplan et al. and that of Hoffmann et al., each with its own exponent
// of N* in C.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "analysis/fit/isoflop_fit.h"
#include "analysis/solve/power_law_fit.h"
#include "lib/core/csv.h"
#include "lib/core/files.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

struct Recipe {
  std::string config;
  double a;
};

const std::vector<Recipe>& Recipes() {
  static const std::vector<Recipe> recipes = {
      {"rw/base/long/kaplan/kaplan/train", 0.835300},
      {"rw/base/long/kaplan/standard/val", 0.706470},
      {"rw/base/short/kaplan/standard/val", 0.602038},
      {"rw/base/short/chinchilla/standard/val", 0.571495},
      {"rw/tuned/short/const/standard/val", 0.496895}};
  return recipes;
}

fs::path Folder() {
  return fs::path(ISOFLOP_SOURCE_DIR) / "../shared/data/porian";
}

/// The rows of a table that are about a recipe, by column.
std::vector<std::map<std::string, std::string>> RowsOf(
    const std::string& table, const std::string& config) {
  const fs::path path = Folder() / table;
  const auto rows = ParseCsv(ReadFile(path), path.string());
  const auto& header = rows.at(0).cells;
  std::vector<std::map<std::string, std::string>> found;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    std::map<std::string, std::string> row;
    for (std::size_t j = 0; j < header.size(); ++j) {
      row[header[j]] = rows[i].cells.at(j);
    }
    if (row["file"] == "summary_df" && row["config"] == config) {
      found.push_back(row);
    }
  }
  return found;
}

/// N* of each budget against C, weighted by 1/variance of ln N*; a minimum that
/// was found once has no variance and is left out.
std::vector<WeightedPoint> PublishedOptima(const std::string& config) {
  std::vector<WeightedPoint> optima;
  for (auto& row : RowsOf("optimal_pairs.csv", config)) {
    if (row["n_star_std_log"].empty()) continue;
    const double error = std::stod(row["n_star_std_log"]);
    optima.push_back({std::stod(row["flops"]), std::stod(row["n_star"]),
                      1.0 / (error * error)});
  }
  return optima;
}

std::vector<Observation> Runs(const std::string& config) {
  std::vector<Observation> runs;
  for (auto& row : RowsOf("isoflop_points.csv", config)) {
    Observation o = MakeObservation(std::stod(row["n"]), std::stod(row["t"]),
                                    std::stod(row["loss"]));
    o.C = std::stod(row["flops"]);
    o.budget_flops = o.C;
    runs.push_back(o);
  }
  return runs;
}

bool HasPorian() { return fs::exists(Folder() / "isoflop_points.csv"); }

TEST(Porian, TheWeightedPowerLawsOfThePublishedOptimaHaveTheKnownExponents) {
  if (!HasPorian()) GTEST_SKIP() << "no " << Folder().string();
  for (const Recipe& recipe : Recipes()) {
    const auto law = FitPowerLaw(PublishedOptima(recipe.config));
    ASSERT_TRUE(law.has_value());
    EXPECT_NEAR(law->exponent, recipe.a, 6e-7) << recipe.config;
  }
}

// Their N* are medians over 1,000 draws of noise, these are of the losses as
// they were measured, so the exponents agree to three digits and not to six.
TEST(Porian, TheMinimaOfAkimasCurvesAreNearThePublishedOnes) {
  if (!HasPorian()) GTEST_SKIP() << "no " << Folder().string();
  for (const Recipe& recipe : Recipes()) {
    const auto published = PublishedOptima(recipe.config);
    const auto fit =
        FitIsoflop(Runs(recipe.config), {.curve = IsoflopCurve::kAkima});
    std::vector<WeightedPoint> optima;
    for (const IsoflopBudget& budget : fit.budgets) {
      for (const WeightedPoint& known : published) {
        if (known.x != budget.flops || !budget.params_opt) continue;
        const double shift = std::log(budget.params_opt->value / known.y);
        EXPECT_LT(std::abs(shift), 0.06) << recipe.config << budget.flops;
        optima.push_back({known.x, budget.params_opt->value, known.weight});
      }
    }
    EXPECT_EQ(optima.size(), published.size()) << recipe.config;
    EXPECT_NEAR(FitPowerLaw(optima)->exponent, recipe.a, 0.002)
        << recipe.config;
  }
}

}  // namespace
}  // namespace isoflop
