#include "analysis/fit/law_fit.h"

#include <fmt/format.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>

#include "analysis/fit/law_model.h"
#include "analysis/fit/law_profile.h"
#include "analysis/fit/law_solver.h"
#include "analysis/fit/limits.h"

namespace isoflop {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Below this the Hessian is singular to rounding.
constexpr double kFlat = 1e-12;

/// Residuals below this are rounding, and a profile of them too.
constexpr double kNoNoise = 1e-9;

HeldValues HeldBy(const LawModel& model, const LawFitOptions& options) {
  HeldValues held(model.coefficients.size());
  for (const auto& [name, value] : options.held) {
    if (const auto i = model.Find(name)) {
      held[static_cast<std::size_t>(*i)] = value;
    }
  }
  return held;
}

LawFit Empty(const LawModel& model, std::span<const LawRun> runs) {
  LawFit fit;
  fit.name = model.name;
  fit.formula = model.formula;
  fit.source = model.source;
  fit.points = static_cast<int>(runs.size());
  return fit;
}

/// Why no fit should be tried.
std::string Lack(const LawModel& model, std::span<const LawRun> runs,
                 const HeldValues& held) {
  const auto free = std::ranges::count_if(
      held, [](const auto& value) { return !value.has_value(); });
  if (free < std::ssize(held) && model.coordinates) {
    return "its coefficients cannot be held at a value";
  }
  if (std::ssize(runs) <= free) {
    return fmt::format(
        "{} observations cannot test a law of {} coefficients: at least {} are "
        "needed",
        runs.size(), free, free + 1);
  }
  return model.lack(runs);
}

std::string Defect(const LawObjective& objective, const LocalMinimum& minimum) {
  const auto weakest = [&] {
    const auto coordinate = static_cast<std::size_t>(minimum.weakest);
    const auto i = static_cast<std::size_t>(objective.free()[coordinate]);
    return objective.model().coefficients[i].name;
  };
  if (objective.size() == 0) return {};
  if (!(minimum.newton_step < kRunaway)) {
    return fmt::format(
        "no lowest point was found: {} can change without end while the fit "
        "improves or stays as it is",
        weakest());
  }
  if (!(minimum.relative_curvature > kFlat)) {
    return fmt::format(
        "the optimum is not one point: {} and others can be changed together "
        "without changing the fit",
        weakest());
  }
  const VectorXd p = objective.Coefficients(minimum.point);
  for (const int i : objective.free()) {
    if (!std::isfinite(p[i])) return "a coefficient is too large for a number";
  }
  return {};
}

/// d(coordinates) / d(logarithms of positive coefficients, values of others).
MatrixXd ByGiven(const LawObjective& objective, const VectorXd& z) {
  MatrixXd by_z;
  const VectorXd p = objective.Coefficients(z, &by_z);
  MatrixXd jacobian(objective.size(), objective.size());
  for (Index j = 0; j < objective.size(); ++j) {
    const int i = objective.free()[static_cast<std::size_t>(j)];
    const bool positive =
        objective.model().coefficients[static_cast<std::size_t>(i)].positive;
    jacobian.row(j) = by_z.row(i) / (positive ? p[i] : 1.0);
  }
  return jacobian.inverse();
}

Certificate Certify(const LawObjective& objective, const LawSolution& solution,
                    LossKind loss) {
  const LocalQuadratic& model = solution.minimum.model;
  Certificate certificate;
  certificate.starts = solution.starts;
  certificate.agreeing = solution.agreeing;
  certificate.distinct_minima = solution.distinct_minima;
  certificate.gradient_norm = RelativeGradient(model);
  if (loss != LossKind::kLad) {  // which has no second derivatives
    certificate.condition_number =
        ConditionNumber(model.hessian, model.curvature_scale,
                        ByGiven(objective, solution.minimum.point));
  }
  certificate.converged = solution.minimum.newton_step <= 1e-8 &&
                          solution.density_step <= kDensitySettled;
  return certificate;
}

void SetCoefficients(const LawObjective& objective, const HeldValues& asked,
                     const VectorXd& z, LawFit* fit) {
  const VectorXd p = objective.Coefficients(z);
  fit->free = static_cast<int>(objective.size());
  for (int i = 0; i < objective.model().size(); ++i) {
    const auto index = static_cast<std::size_t>(i);
    const bool held = asked[index].has_value();
    fit->coefficients.push_back(
        {.name = objective.model().coefficients[index].name,
         .value = p[i],
         .held = held,
         .at_bound = !held && objective.held()[index].has_value(),
         .profile = {}});
  }
}

void SetResiduals(const LawModel& model, std::span<const LawRun> runs,
                  LawFit* fit) {
  double squares = 0.0;
  double weights = 0.0;
  for (const LawRun& run : runs) {
    const double r = std::log(Predict(model, *fit, run) / run.y);
    squares += run.weight * r * r;
    weights += run.weight;
    fit->max_log_residual = std::max(fit->max_log_residual, std::abs(r));
  }
  fit->rms_log_residual = std::sqrt(squares / weights);
}

/// The sum of penalties; for kLad of |r| itself, not of its smooth stand-in.
double ObjectiveValue(const LawFit& fit, const LocalMinimum& minimum,
                      LossKind loss) {
  if (loss != LossKind::kLad) return minimum.model.value;
  double sum = 0.0;
  for (const auto& r : fit.residuals) sum += r.weight * std::abs(r.value);
  return sum;
}

/// Fills in what a solution says; the reason when it is no law.
void Accept(const LawSolver& solver, const LawSolution& solution,
            std::span<const LawRun> runs, const HeldValues& asked,
            LossKind loss, LawFit* fit) {
  const LawObjective objective = solver.ObjectiveOf(solution);
  fit->reason = Defect(objective, solution.minimum);
  if (loss == LossKind::kStudentT && !solution.density) {
    fit->reason = "the residuals vanish, so Student's t has no scale";
  }
  if (!fit->reason.empty()) return;
  fit->status = FitStatus::kOk;
  SetCoefficients(objective, asked, solution.minimum.point, fit);
  fit->residuals = objective.Residuals(solution.minimum.point);
  fit->objective = ObjectiveValue(*fit, solution.minimum, loss);
  fit->student_t = solution.density;
  SetResiduals(objective.model(), runs, fit);
}

}  // namespace

LawFit FitLaw(const LawModel& model, std::span<const LawRun> runs,
              const LawFitOptions& options) {
  LawFit fit = Empty(model, runs);
  const HeldValues held = HeldBy(model, options);
  fit.reason = Lack(model, runs, held);
  if (!fit.reason.empty()) return fit;
  const LawSolver solver(model, runs, options.objective);
  const auto solution = solver.SolveGlobally(held);
  if (!solution) {
    fit.reason = "no start has a finite objective";
    return fit;
  }
  Accept(solver, *solution, runs, held, options.objective.loss, &fit);
  if (fit.status != FitStatus::kOk) return fit;
  fit.certificate =
      Certify(solver.ObjectiveOf(*solution), *solution, options.objective.loss);
  if (options.profiles && fit.rms_log_residual > kNoNoise) {
    AddProfiles(solver, *solution, &fit);
  }
  return fit;
}

double Predict(const LawModel& model, const LawFit& fit, const LawRun& run) {
  VectorXd p(std::ssize(fit.coefficients));
  for (Index i = 0; i < p.size(); ++i) {
    p[i] = fit.coefficients[static_cast<std::size_t>(i)].value;
  }
  VectorXd ignored(p.size());
  return model.predict(p.data(), run, ignored.data());
}

}  // namespace isoflop
