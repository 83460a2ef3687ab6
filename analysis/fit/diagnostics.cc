#include "analysis/fit/diagnostics.h"

namespace isoflop {

Diagnostics Diagnose(std::span<const Observation> observations,
                     const ObjectiveOptions& options, const ChinchillaFit& fit,
                     const std::optional<SeedNoise>& noise) {
  constexpr int kCoefficients = 5;
  if (fit.status != FitStatus::kOk) return {};
  Diagnostics diagnostics;
  diagnostics.residuals = ResidualsOf(observations, fit.law);
  diagnostics.influence = StudyInfluence(observations, options, fit);
  if (noise) {
    diagnostics.lack_of_fit =
        TestLackOfFit(observations, fit.law, *noise, kCoefficients);
  }
  return diagnostics;
}

}  // namespace isoflop
