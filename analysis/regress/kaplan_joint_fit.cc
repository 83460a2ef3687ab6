#include "analysis/regress/kaplan_joint_fit.h"

#include <fmt/format.h>

#include "analysis/regress/law_fit.h"
#include "analysis/regress/law_models.h"

namespace isoflop {
namespace {

/// Least squares of ln L, without E or with it.
ObjectiveOptions ObjectiveOf(JointOffset offset) {
  ObjectiveOptions options;
  options.loss = LossKind::kL2;
  if (offset == JointOffset::kNone) options.fixed["E"] = 0.0;
  return options;
}

void SetLaw(const Eigen::VectorXd& p, KaplanJointFit* fit) {
  fit->status = FitStatus::kOk;
  fit->N_c.value = p[0];
  fit->D_c.value = p[1];
  fit->alpha_N.value = p[2];
  fit->alpha_D.value = p[3];
  fit->E.value = p[4];
}

LawSolver SolverOf(const std::vector<LawRun>& runs, JointOffset offset) {
  LawModel model = KaplanJointModel(runs);
  const ObjectiveOptions options = ObjectiveOf(offset);
  const Constraints constraints = ConstraintsOf(model, options);
  return {std::move(model), runs, options, constraints};
}

}  // namespace

KaplanJoint KaplanJointFit::law() const {
  return {.N_c = N_c.value,
          .D_c = D_c.value,
          .alpha_N = alpha_N.value,
          .alpha_D = alpha_D.value,
          .E = E.value};
}

KaplanJointFit FitKaplanJoint(std::span<const Observation> observations,
                              JointOffset offset) {
  const std::vector<LawRun> runs = RunsOf(observations);
  const LawFit found =
      FitLaw(KaplanJointModel(runs), runs,
             {.objective = ObjectiveOf(offset), .profiles = false});
  KaplanJointFit fit;
  fit.status = found.status;
  fit.reason = found.reason;
  fit.points = found.points;
  fit.selection = fmt::format("all {} runs", fit.points);
  if (fit.status != FitStatus::kOk) return fit;
  SetLaw(found.values(), &fit);
  fit.rms_log_residual = found.rms_log_residual;
  fit.certificate = found.certificate;
  return fit;
}

KaplanJointRefits::KaplanJointRefits(std::span<const Observation> observations,
                                     JointOffset offset,
                                     const KaplanJointFit& fit)
    : solver_(SolverOf(RunsOf(observations), offset)), estimate_(5) {
  estimate_ << fit.N_c.value, fit.D_c.value, fit.alpha_N.value,
      fit.alpha_D.value, fit.E.value;
}

KaplanJointFit KaplanJointRefits::Refit(std::span<const double> factors) {
  KaplanJointFit fit;
  const isoflop::Refit refit =
      solver_.SolveAgain(factors, estimate_, std::nullopt, /*check=*/false);
  if (refit.coefficients) SetLaw(*refit.coefficients, &fit);
  return fit;
}

}  // namespace isoflop
