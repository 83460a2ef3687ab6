// The options of `isoflop fit`, which `sweep --fit` and `export` use too.

#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "analysis/fit/fit_options.h"

namespace isoflop {

/// What was given on the command line, as words.
struct FitArgs {
  std::vector<std::string> laws;
  std::string params;
  std::string loss;
  std::string residual;
  std::string isoflop_curve;
  std::string envelope;
  std::string bootstrap_unit;
  std::string weights;
  std::vector<std::string> fixed;  // NAME=VALUE
  std::vector<double> budgets_flops;
  double holdout_above = 0.0;
  std::optional<double> seed_noise;
  FitOptions options;  // what needs no conversion, and the defaults
};

/// Adds the options to a subcommand. REQUIRES: `args` outlives it.
void AddFitOptions(CLI::App* command, FitArgs* args);

/// Returns the options with every word resolved. Throws Error for a word that
/// is not known, with what is allowed.
FitOptions ResolveFitOptions(const FitArgs& args);

}  // namespace isoflop
