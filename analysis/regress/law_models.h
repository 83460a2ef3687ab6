// The laws that can be fitted. Each is a file of its own, NAME_law.cc.

#pragma once

#include <span>

#include "analysis/regress/law_model.h"

namespace isoflop {

/// L(N, D) of Hoffmann, Approach 3.
LawModel ChinchillaModel(std::span<const LawRun> runs);

/// L(N, D) between Chinchilla's and Kaplan's: analysis/laws/coupled.h.
LawModel CoupledModel(std::span<const LawRun> runs);

/// L(N, D) of Kaplan with an irreducible loss.
LawModel KaplanJointModel(std::span<const LawRun> runs);

/// L(N, D, U) of Muennighoff.
LawModel RepeatedDataModel(std::span<const LawRun> runs);

/// L(N, D) of Gadre.
LawModel OvertrainingModel(std::span<const LawRun> runs);

/// L(N, D) of Li et al., "Farseer".
LawModel FarseerModel(std::span<const LawRun> runs);

/// y(x) of Caballero with one break.
LawModel BrokenPowerLawModel(std::span<const LawRun> runs);

/// y = k x^e, and y = k x^e + c with k and c of any sign.
LawModel PowerLawModel(std::span<const LawRun> runs);
LawModel OffsetPowerLawModel(std::span<const LawRun> runs);

/// y = (scale / x)^exponent + offset, exponent > 0 and offset >= 0: Kaplan's
/// laws of one variable with an irreducible loss.
LawModel FallingPowerLawModel(std::span<const LawRun> runs);

/// y = top / (1 + (critical/x)^steepness) and y = top (1 -
/// e^(-x/scale))^skills: how an ability comes.
LawModel LogisticModel(std::span<const LawRun> runs);
LawModel SkillProductModel(std::span<const LawRun> runs);

/// What several recipes' Chinchilla laws have in common.
///
/// kEverything: one law for all recipes, 5 coefficients.
/// kExponents:  E, alpha and beta in common, A and B of each recipe: 3 + 2R.
/// kOffset:     only E in common: 1 + 4R.
enum class RecipeSharing { kEverything, kExponents, kOffset };

/// L_r(N, D) of `recipes` recipes, LawRun::variant; the coefficients are
/// (E, A..., B..., alpha..., beta...).
LawModel RecipesModel(std::span<const LawRun> runs, int recipes,
                      RecipeSharing sharing);

}  // namespace isoflop
