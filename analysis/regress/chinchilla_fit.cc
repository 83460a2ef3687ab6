#include "analysis/regress/chinchilla_fit.h"

#include <utility>

#include "analysis/regress/law_models.h"

namespace isoflop {
namespace {

Chinchilla LawOf(const Eigen::VectorXd& p) {
  return {.E = p[0], .A = p[1], .B = p[2], .alpha = p[3], .beta = p[4]};
}

LawSolver SolverOf(const std::vector<LawRun>& runs,
                   const ObjectiveOptions& options) {
  LawModel model = ChinchillaModel(runs);
  const Constraints constraints = ConstraintsOf(model, options);
  return {std::move(model), runs, options, constraints};
}

}  // namespace

ChinchillaFit FitChinchilla(std::span<const Observation> observations,
                            const ObjectiveOptions& options) {
  return FitChinchillaTo(RunsOf(observations),
                         {.objective = options, .profiles = false});
}

ChinchillaFit FitChinchillaTo(std::span<const LawRun> runs,
                              const LawFitOptions& options) {
  ChinchillaFit fit{FitLaw(ChinchillaModel(runs), runs, options), Chinchilla{}};
  if (fit.status == FitStatus::kOk) fit.law = LawOf(fit.values());
  return fit;
}

int CountFree(const ObjectiveOptions& options) {
  const std::vector<LawRun> any(1);
  return CountFree(ChinchillaModel(any), options);
}

std::vector<CoefficientProfile> ProfileChinchilla(
    std::span<const Observation> observations, const ObjectiveOptions& options,
    const ChinchillaFit& fit, int threads) {
  const std::vector<LawRun> runs = RunsOf(observations);
  LawFit profiled = fit;
  AddProfiles(ChinchillaModel(runs), runs,
              {.objective = options, .threads = threads}, &profiled);
  std::vector<CoefficientProfile> profiles;
  for (LawCoefficient& coefficient : profiled.coefficients) {
    if (!coefficient.profile) continue;
    profiles.push_back(
        {std::move(coefficient.name), *std::move(coefficient.profile)});
  }
  return profiles;
}

ChinchillaRefits::ChinchillaRefits(std::span<const Observation> observations,
                                   const ObjectiveOptions& options,
                                   const ChinchillaFit& fit)
    : solver_(SolverOf(RunsOf(observations), options)),
      estimate_(fit.values()),
      density_(fit.student_t) {}

ChinchillaRefits::Result ChinchillaRefits::Refit(
    std::span<const double> factors) {
  const isoflop::Refit refit = solver_.SolveAgain(factors, estimate_, density_);
  Result result{.law = {}, .escaped = refit.escaped};
  if (refit.coefficients) result.law = LawOf(*refit.coefficients);
  return result;
}

}  // namespace isoflop
