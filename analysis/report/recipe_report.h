// A comparison of recipes for programs and for people.

#pragma once

#include <cstddef>
#include <string>

#include "analysis/compare/recipe_comparison.h"
#include "lib/core/json.h"

namespace isoflop {

inline constexpr std::string_view kCompareSchema = "isoflop.compare/1";
inline constexpr std::string_view kRecipeFormula =
    "L = E + A/(rho_N N)^alpha + B/(rho_D D)^beta";

/// Returns the comparison with warnings of exponents that differ, failed
/// refits, and fits that are not certified.
RecipeComparison InWords(RecipeComparison result);

/// Returns what `isoflop compare --json` prints.
Json ToJson(const RecipeComparison& comparison);

/// Returns a table of efficiencies and multipliers, the verdicts in words, and
/// whether the recipes share exponents.
std::string CompareText(const RecipeComparison& comparison,
                        std::size_t width = 80);

}  // namespace isoflop
