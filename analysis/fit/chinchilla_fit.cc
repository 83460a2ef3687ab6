#include "analysis/fit/chinchilla_fit.h"

#include <fmt/format.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/fit/chinchilla_solver.h"
#include "analysis/fit/minimise.h"

namespace isoflop {
namespace {

/// How many different N (or D) the term of a coefficient and its exponent takes
/// to be told from a constant.
std::size_t FewestValues(const HeldCoefficients& held, int coefficient,
                         int exponent) {
  std::size_t fewest = 0;
  for (const int which : {0, coefficient, exponent}) {
    fewest += held.Holds(which) ? 0U : 1U;
  }
  return std::max<std::size_t>(fewest, 1);
}

std::string TooFewRuns(std::span<const Observation> observations,
                       const HeldCoefficients& held, LossKind loss) {
  const bool student = loss == LossKind::kStudentT;
  const auto free = static_cast<std::size_t>(held.free());
  const std::size_t fewest = student ? 2 * free + 1 : free + 1;
  const std::size_t runs = CountDifferentRuns(observations);
  if (runs >= fewest) return {};
  const std::string repeats =
      runs == observations.size()
          ? ""
          : fmt::format(" ({} runs, some with the same N and D)",
                        observations.size());
  return fmt::format(
      "{} observations{} cannot test a law of {} parameters{}: at least {} are "
      "needed",
      runs, repeats, free, student ? " by Student's t" : "", fewest);
}

std::string TooFew(std::span<const Observation> observations,
                   const HeldCoefficients& held, LossKind loss) {
  std::string reason = TooFewRuns(observations, held, loss);
  if (!reason.empty()) return reason;
  const auto check = [&](const char* name, double Observation::*value,
                         std::size_t fewest) {
    const std::size_t values = CountDistinct(observations, value);
    if (values >= fewest || !reason.empty()) return;
    reason = fmt::format(
        "{} different {}: at least {} are needed to see a power of {} over a "
        "constant",
        values, name, fewest, name);
  };
  check("N", &Observation::N, FewestValues(held, 1, 3));
  check("D", &Observation::D, FewestValues(held, 2, 4));
  return reason;
}

/// d(directions) / d(ln E, ln A, ln B, alpha, beta, given); tied exponents are
/// one, alpha.
Matrix5 GivenJacobian(const ChinchillaSolver& solver, const Minimum& minimum) {
  const Chinchilla law = minimum.law();
  Matrix5 given = Matrix5::Identity();
  if (solver.held().tied()) given(4, 3) = 1.0;
  return ParameterJacobian(minimum.polished.face.chart, law).inverse() *
         solver.objective().units().GivenJacobian(law) * given;
}

std::optional<double> ConditionOf(const ChinchillaSolver& solver,
                                  const Minimum& minimum) {
  const LocalModel& model = minimum.polished.model;
  std::vector<int> free;
  for (int j = 0; j < 5; ++j) {
    if (minimum.polished.face.Moves(j)) free.push_back(j);
  }
  return ConditionNumber(model.hessian(free, free), model.reweighted(free),
                         GivenJacobian(solver, minimum)(free, free));
}

Certificate Certify(const ChinchillaSolver& solver, const GlobalMinimum& global,
                    LossKind loss) {
  const PolishedMinimum& polished = global.lowest.polished;
  Certificate certificate;
  certificate.starts = global.starts;
  certificate.agreeing = global.agreeing;
  certificate.distinct_minima = global.distinct_minima;
  certificate.gradient_norm =
      polished.model.gradient.cwiseAbs()
          .cwiseQuotient(polished.model.magnitude.array().max(1e-300).matrix())
          .maxCoeff();
  if (loss != LossKind::kLad) {
    certificate.condition_number = ConditionOf(solver, global.lowest);
  }
  certificate.converged = solver.Converged(global.lowest);
  return certificate;
}

void SetResiduals(std::span<const Observation> observations,
                  ChinchillaFit* fit) {
  double squares = 0.0;
  double weights = 0.0;
  for (const Observation& o : observations) {
    const double r = std::log(Loss(fit->law, o.N, o.D) / o.L);
    squares += o.weight * r * r;
    weights += o.weight;
    fit->max_log_residual = std::max(fit->max_log_residual, std::abs(r));
  }
  fit->rms_log_residual = std::sqrt(squares / weights);
}

/// The sum of penalties; for kLad of |r| itself, not of its smooth stand-in.
double ObjectiveValue(const ChinchillaSolver& solver, const Minimum& minimum,
                      LossKind loss) {
  if (loss != LossKind::kLad) return minimum.value();
  double sum = 0.0;
  for (const LossPoint& run : solver.objective().runs()) {
    const double r = solver.objective().Residual(minimum.law(), run);
    sum += run.weight * std::abs(r);
  }
  return sum;
}

}  // namespace

ChinchillaFit FitChinchilla(std::span<const Observation> observations,
                            const ObjectiveOptions& options) {
  ChinchillaFit fit;
  const HeldCoefficients held(options, UnitsOf(observations));
  fit.reason = held.free() == 0 ? "every coefficient is held: nothing is left "
                                  "to fit"
                                : TooFew(observations, held, options.loss);
  if (!fit.reason.empty()) return fit;
  ChinchillaSolver solver(observations, options);
  const GlobalMinimum global = solver.SolveGlobally();
  fit.reason = solver.Defect(global.lowest);
  if (!fit.reason.empty()) return fit;
  fit.status = FitStatus::kOk;
  fit.law = solver.LawOf(global.lowest);
  fit.objective = ObjectiveValue(solver, global.lowest, options.loss);
  fit.student_t = global.lowest.density;
  fit.certificate = Certify(solver, global, options.loss);
  SetResiduals(observations, &fit);
  return fit;
}

}  // namespace isoflop
