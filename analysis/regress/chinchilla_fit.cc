#include "analysis/regress/chinchilla_fit.h"

#include <utility>

#include "analysis/regress/law_models.h"

namespace isoflop {

ChinchillaFit FitChinchilla(std::span<const Observation> observations,
                            const ObjectiveOptions& options) {
  return FitChinchillaTo(RunsOf(observations),
                         {.objective = options, .profiles = false});
}

ChinchillaFit FitChinchillaTo(std::span<const LawRun> runs,
                              const LawFitOptions& options) {
  ChinchillaFit fit{FitLaw(ChinchillaModel(runs), runs, options), Chinchilla{}};
  if (fit.status == FitStatus::kOk) fit.law = ChinchillaOf(fit.values());
  return fit;
}

LawRefits RefitsOf(const ChinchillaFit& fit,
                   std::span<const Observation> observations,
                   const ObjectiveOptions& options) {
  const std::vector<LawRun> runs = RunsOf(observations);
  return {ChinchillaModel(runs), runs, options, fit.values(), fit.student_t};
}

Chinchilla ChinchillaOf(const Eigen::VectorXd& values) {
  return {.E = values[0],
          .A = values[1],
          .B = values[2],
          .alpha = values[3],
          .beta = values[4]};
}

}  // namespace isoflop
