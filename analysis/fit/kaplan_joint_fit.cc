#include "analysis/fit/kaplan_joint_fit.h"

#include <fmt/format.h>

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

LawRefits RefitsOf(const KaplanJointFit& fit,
                   std::span<const Observation> observations,
                   JointOffset offset) {
  const std::vector<LawRun> runs = RunsOf(observations);
  const Eigen::VectorXd estimate{{fit.N_c.value, fit.D_c.value,
                                  fit.alpha_N.value, fit.alpha_D.value,
                                  fit.E.value}};
  return {KaplanJointModel(runs), runs, ObjectiveOf(offset), estimate};
}

KaplanJointFit KaplanJointOf(const Refit& refit) {
  KaplanJointFit fit;
  if (refit.coefficients) SetLaw(*refit.coefficients, &fit);
  return fit;
}

}  // namespace isoflop
