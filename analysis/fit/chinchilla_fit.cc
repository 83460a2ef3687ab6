#include "analysis/fit/chinchilla_fit.h"

#include <fmt/format.h>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "analysis/fit/chinchilla_solver.h"

namespace isoflop {
namespace {

constexpr std::size_t kFewestObservations = 6;  // one more than parameters
constexpr std::size_t kFewestValues = 3;        // of N, and of D

std::string TooFew(std::span<const Observation> observations) {
  if (observations.size() < kFewestObservations) {
    return fmt::format(
        "{} observations cannot test a law of 5 parameters: "
        "at least {} are needed",
        observations.size(), kFewestObservations);
  }
  const std::size_t sizes = CountDistinct(observations, &Observation::N);
  const std::size_t tokens = CountDistinct(observations, &Observation::D);
  if (sizes < kFewestValues) {
    return fmt::format(
        "{} different N: at least {} are needed to see a power "
        "of N over a constant",
        sizes, kFewestValues);
  }
  if (tokens < kFewestValues) {
    return fmt::format(
        "{} different D: at least {} are needed to see a power "
        "of D over a constant",
        tokens, kFewestValues);
  }
  return {};
}

/// d(coordinates) / d(ln E, ln A, ln B, alpha, beta), as given; without E the
/// first of either means nothing.
Matrix5 GivenJacobian(const ChinchillaSolver& solver, const Minimum& minimum) {
  const Chinchilla law = minimum.law();
  Matrix5 by_coordinates = ParameterJacobian(minimum.polished.face, law);
  if (minimum.polished.face == Face::kWithoutE) by_coordinates(0, 0) = 1.0;
  return by_coordinates.inverse() * solver.objective().GivenJacobian(law);
}

double ConditionNumber(const ChinchillaSolver& solver, const Minimum& minimum) {
  const Matrix5 jacobian = GivenJacobian(solver, minimum);
  const Matrix5 hessian =
      jacobian.transpose() * minimum.polished.model.hessian * jacobian;
  const int size = minimum.polished.face == Face::kInside ? 5 : 4;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(
      hessian.bottomRightCorner(size, size), Eigen::EigenvaluesOnly);
  return eigen.eigenvalues()[size - 1] / eigen.eigenvalues()[0];
}

Certificate Certify(const ChinchillaSolver& solver,
                    const GlobalMinimum& global) {
  const PolishedMinimum& polished = global.lowest.polished;
  Certificate certificate;
  certificate.starts = global.starts;
  certificate.agreeing = global.agreeing;
  certificate.distinct_minima = global.distinct_minima;
  certificate.gradient_norm =
      polished.model.gradient.cwiseAbs()
          .cwiseQuotient(polished.model.magnitude.array().max(1e-300).matrix())
          .maxCoeff();
  certificate.condition_number = ConditionNumber(solver, global.lowest);
  certificate.converged = polished.newton_step <= 1e-8;
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
  fit.reason = TooFew(observations);
  if (!fit.reason.empty()) return fit;
  ChinchillaSolver solver(observations, options);
  const GlobalMinimum global = solver.SolveGlobally();
  fit.reason = solver.Defect(global.lowest);
  if (!fit.reason.empty()) return fit;
  fit.status = FitStatus::kOk;
  fit.law = solver.LawOf(global.lowest);
  fit.objective = ObjectiveValue(solver, global.lowest, options.loss);
  fit.student_t = global.lowest.density;
  fit.certificate = Certify(solver, global);
  SetResiduals(observations, &fit);
  return fit;
}

}  // namespace isoflop
