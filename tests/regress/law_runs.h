// Runs that lie on a known law of any kind, and every law over runs that suit
// it.

#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "analysis/laws/overtraining.h"
#include "analysis/laws/repeated_data.h"
#include "analysis/observe/law_run.h"
#include "analysis/regress/law_fit.h"
#include "analysis/regress/law_models.h"
#include "lib/core/random.h"

namespace isoflop {

/// Sizes, tokens and unique tokens, with the loss of a function of them.
template <typename Law>
std::vector<LawRun> LawGrid(const Law& loss, double noise = 0.0) {
  RandomStream stream(7);
  std::vector<LawRun> runs;
  for (const double N : {1e8, 4e8, 1.6e9, 6.4e9, 2.5e10}) {
    for (const double D : {2e9, 8e9, 3e10, 1.2e11}) {
      for (const double share : {1.0, 0.25, 0.04}) {
        LawRun run{.N = N, .D = D, .U = share * D, .x = 6.0 * N * D};
        run.y = loss(run) * std::exp(noise * stream.Normal());
        runs.push_back(run);
      }
    }
  }
  return runs;
}

inline const RepeatedData kRepeatedData{.E = 1.7,
                                        .A = 400.0,
                                        .B = 1500.0,
                                        .alpha = 0.34,
                                        .beta = 0.36,
                                        .R_D = 15.0,
                                        .R_N = 5.0};

inline std::vector<LawRun> RepeatedRuns(double noise = 0.0) {
  return LawGrid(
      [](const LawRun& r) { return Loss(kRepeatedData, r.N, r.D, r.U); },
      noise);
}

inline constexpr Overtraining kOvertraining{
    .E = 1.7, .a = 150.0, .b = 170.0, .eta = 0.15};

inline std::vector<LawRun> OvertrainedRuns(double noise = 0.0) {
  return LawGrid([](const LawRun& r) { return Loss(kOvertraining, r.N, r.D); },
                 noise);
}

/// Returns runs, every other one of a second variant.
inline std::vector<LawRun> OfTwoVariants(std::vector<LawRun> runs) {
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].variant = static_cast<int>(i % 2);
  }
  return runs;
}

/// A law and runs that suit it.
struct LawCase {
  LawModel model;
  std::vector<LawRun> runs;
};

/// Every law that can be fitted.
inline std::vector<LawCase> EveryLaw(double noise) {
  const std::vector<LawRun> runs = RepeatedRuns(noise);
  std::vector<LawCase> cases;
  for (const auto model :
       {ChinchillaModel, CoupledModel, KaplanJointModel, RepeatedDataModel,
        OvertrainingModel, FarseerModel, BrokenPowerLawModel, PowerLawModel,
        OffsetPowerLawModel, FallingPowerLawModel}) {
    cases.push_back({model(runs), runs});
  }
  const std::vector<LawRun> two = OfTwoVariants(runs);
  for (const auto sharing :
       {RecipeSharing::kEverything, RecipeSharing::kExponents,
        RecipeSharing::kOffset}) {
    cases.push_back({RecipesModel(two, 2, sharing), two});
  }
  return cases;
}

/// Returns the value of a coefficient by its name.
inline double ValueOf(const LawFit& fit, const std::string& name) {
  for (const LawCoefficient& coefficient : fit.coefficients) {
    if (coefficient.name == name) return coefficient.value;
  }
  ADD_FAILURE() << "no coefficient " << name;
  return 0.0;
}

}  // namespace isoflop
