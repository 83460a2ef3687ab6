// Profile intervals for the coefficients of a fitted LawModel.

#pragma once

#include "analysis/fit/law_fit.h"
#include "analysis/fit/law_solver.h"

namespace isoflop {

/// Adds the 95 % profile interval (profile.h) of every free coefficient. With
/// kStudentT the density stays that of the optimum. A model with coordinates of
/// its own gets none.
void AddProfiles(const LawSolver& solver, const LawSolution& solution,
                 LawFit* fit);

}  // namespace isoflop
