#include "analysis/fit/chinchilla_profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "analysis/fit/chinchilla_solver.h"

namespace isoflop {
namespace {

constexpr double kReach = 1e6;  // how far to look, as a factor

constexpr std::array<double Chinchilla::*, 5> kMembers = {
    &Chinchilla::E, &Chinchilla::A, &Chinchilla::B, &Chinchilla::alpha,
    &Chinchilla::beta};

/// The law with what a solver holds, otherwise as it is in the middle of the
/// data.
Chinchilla Imposed(const ChinchillaSolver& solver, const Chinchilla& law) {
  const DataUnits& units = solver.objective().units();
  return units.Given(solver.held().Impose(units.Centred(law)));
}

/// The lowest objective with one coefficient held.
class HeldObjective {
 public:
  HeldObjective(std::span<const Observation> observations,
                const ObjectiveOptions& options, const ChinchillaFit& fit,
                const char* name)
      : observations_(observations),
        options_(options),
        fit_(fit),
        name_(name),
        every_run_(observations.size(), 1.0) {}

  std::optional<double> operator()(double value) const {
    ObjectiveOptions held = options_;
    held.fixed[name_] = value;
    ChinchillaSolver solver(observations_, held);
    const Refit refit = solver.SolveAgain(every_run_, Imposed(solver, fit_.law),
                                          fit_.student_t);
    if (!std::isfinite(refit.objective)) return std::nullopt;
    return refit.objective;
  }

 private:
  std::span<const Observation> observations_;
  const ObjectiveOptions& options_;
  const ChinchillaFit& fit_;
  std::string name_;
  std::vector<double> every_run_;
};

std::optional<double> RiseOf(const ChinchillaSolver& solver,
                             const ChinchillaFit& fit) {
  const ChinchillaObjective& objective = solver.objective();
  const int degrees =
      static_cast<int>(objective.runs().size()) - solver.held().free();
  if (degrees <= 0) return std::nullopt;
  if (fit.student_t) return LikelihoodRise95(degrees);
  const Chinchilla law = objective.units().Centred(fit.law);
  std::vector<WeightedResidual> residuals;
  for (const LossPoint& run : objective.runs()) {
    residuals.push_back({objective.Residual(law, run), run.weight});
  }
  return RiseOfInterval95(residuals, objective.penalty(), solver.held().free());
}

ProfileRequest RequestFor(int coefficient, double estimate) {
  ProfileRequest request;
  request.estimate = estimate;
  request.positive = coefficient != 0;
  request.lowest = request.positive ? estimate / kReach : 0.0;
  request.highest = estimate * kReach;
  if (request.positive) return request;
  const double size = std::max(estimate, 0.1);  // nats
  request.ends_at_lowest = true;
  request.step = 0.02 * size;
  request.highest = 1e3 * size;
  return request;
}

}  // namespace

std::vector<CoefficientProfile> ProfileChinchilla(
    std::span<const Observation> observations, const ObjectiveOptions& options,
    const ChinchillaFit& fit) {
  if (observations.size() > kMostProfiled) return {};
  ChinchillaSolver solver(observations, options);
  const std::vector<double> every_run(observations.size(), 1.0);
  const double lowest =
      solver.SolveAgain(every_run, fit.law, fit.student_t).objective;
  const auto rise = RiseOf(solver, fit);
  std::vector<CoefficientProfile> profiles;
  for (int i = 0; rise && i < 5; ++i) {
    if (solver.held().Holds(i) || (solver.held().tied() && i == 4)) continue;
    const auto at = static_cast<std::size_t>(i);
    const char* name = kChinchillaCoefficients[at];
    ProfileRequest request = RequestFor(i, fit.law.*kMembers[at]);
    request.minimum = lowest;
    request.rise = *rise;
    profiles.push_back(
        {name,
         Profile(HeldObjective(observations, options, fit, name), request)});
  }
  return profiles;
}

}  // namespace isoflop
