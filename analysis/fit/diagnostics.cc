#include "analysis/fit/diagnostics.h"

#include "analysis/fit/held_coefficients.h"

namespace isoflop {

Diagnostics Diagnose(std::span<const Observation> observations,
                     const ObjectiveOptions& options, const ChinchillaFit& fit,
                     const std::optional<SeedNoise>& noise) {
  if (fit.status != FitStatus::kOk) return {};
  Diagnostics diagnostics;
  diagnostics.residuals = ResidualsOf(observations, fit.law);
  diagnostics.influence = StudyInfluence(observations, options, fit);
  if (noise) {
    const HeldCoefficients held(options, UnitsOf(observations));
    diagnostics.lack_of_fit =
        TestLackOfFit(observations, fit.law, *noise, held.free());
  }
  return diagnostics;
}

}  // namespace isoflop
