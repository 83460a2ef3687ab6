// From a sweep directory to its fit: what `sweep --fit`, `fit DIR` and `export`
// have in common.

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "analysis/fit/fit.h"
#include "analysis/observe/sweep_observations.h"
#include "analysis/report/exact_loss.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"

namespace isoflop {

/// Returns every result of the plan's runs, and warns on standard error of
/// those that are damaged.
std::vector<RunResult> LoadResultsAndWarn(const SweepDir& dir,
                                          const Plan& plan);

/// A fit with what is known of its data beforehand.
struct SweepFit {
  FitReport report;
  ExactLoss exact;
};

/// Fits the laws to the runs of a sweep that ended ok. Throws Error when there
/// is no such run. Long fits say on a terminal how far they are.
SweepFit FitSweep(const Plan& plan, const std::vector<RunResult>& results,
                  const SweepDir& dir, const FitOptions& options,
                  const VariantChoice& choice = {});

/// Writes fit.json and prints to standard output: everything, or on one screen
/// what it comes to, where `details` is how to get the rest ("--details").
void ReportFit(const SweepFit& fit, const std::filesystem::path& json_file,
               const std::optional<std::string>& details);

}  // namespace isoflop
