// Profile intervals for the coefficients of a fitted LawModel.

#pragma once

#include "analysis/fit/law_fit.h"
#include "analysis/fit/law_solver.h"

namespace isoflop {

/// Adds the 95 % profile interval (profile.h) of every free coefficient. A
/// model with coordinates of its own gets none.
///
/// With kStudentT the density stays that of the optimum, which is what the rise
/// at the ends of an interval takes for granted (Schrader & Hettmansperger
/// 1980: M-estimates with their scale held). The density is symmetric, so that
/// its constants are orthogonal to the coefficients (Lange, Little & Taylor
/// 1989, section 3): estimating it again at every value would change the rise
/// to third order only.
void AddProfiles(const LawSolver& solver, const LawSolution& solution,
                 LawFit* fit);

}  // namespace isoflop
