// The section "kaplan" of fit.json.

#include "analysis/report/approaches_json.h"
#include "analysis/report/json_numbers.h"

namespace isoflop {
namespace {

/// Kaplan's symbols for a curve, such as N_c and alpha_N.
struct Symbols {
  const char* scale;
  const char* exponent;
};

Json OffsetJson(const KaplanOffsetCurve& curve, const Symbols& symbols) {
  Json json = StatusJson(curve.status, curve.reason);
  if (curve.status != FitStatus::kOk) return json;
  SpreadTable spreads;
  PutEstimate(&json, "E", curve.E, &spreads);
  PutEstimate(&json, symbols.scale, curve.scale, &spreads);
  PutEstimate(&json, symbols.exponent, curve.exponent, &spreads);
  spreads.PutInto(&json);
  PutNumber(&json, "rms_log_residual", curve.rms_log_residual);
  json["certificate"] = ToJson(curve.certificate);
  json["failed_resamples"] = curve.failed_resamples;
  return json;
}

Json CurveJson(const KaplanCurve& curve, const Symbols& symbols) {
  Json json = StatusJson(curve.status, curve.reason);
  PutText(&json, "selection", curve.selection);
  json["with_offset"] = OffsetJson(curve.with_offset, symbols);
  if (curve.status != FitStatus::kOk) return json;
  json["points"] = curve.runs.size();
  SpreadTable spreads;
  PutEstimate(&json, symbols.scale, curve.scale, &spreads);
  PutEstimate(&json, symbols.exponent, curve.exponent, &spreads);
  spreads.PutInto(&json);
  PutNumber(&json, "rms_log_residual", curve.rms_log_residual);
  json["failed_resamples"] = curve.failed_resamples;
  return json;
}

Json JointJson(const KaplanJointFit& fit, JointOffset offset) {
  Json json = StatusJson(fit.status, fit.reason);
  PutText(&json, "selection", fit.selection);
  if (fit.status != FitStatus::kOk) return json;
  json["points"] = fit.points;
  SpreadTable spreads;
  if (offset == JointOffset::kFitted) {
    PutEstimate(&json, "E", fit.E, &spreads);
  }
  PutEstimate(&json, "N_c", fit.N_c, &spreads);
  PutEstimate(&json, "D_c", fit.D_c, &spreads);
  PutEstimate(&json, "alpha_N", fit.alpha_N, &spreads);
  PutEstimate(&json, "alpha_D", fit.alpha_D, &spreads);
  spreads.PutInto(&json);
  PutNumber(&json, "rms_log_residual", fit.rms_log_residual);
  json["certificate"] = ToJson(fit.certificate);
  json["failed_resamples"] = fit.failed_resamples;
  return json;
}

}  // namespace

Json ToJson(const KaplanFit& fit) {
  Json json = StatusJson(
      fit.supported() ? FitStatus::kOk : FitStatus::kUnsupported,
      "none of L(N), L(D), L(C) and L(N, D) can be fitted; each says why");
  json["L_N"] = CurveJson(fit.L_N, {"N_c", "alpha_N"});
  json["L_D"] = CurveJson(fit.L_D, {"D_c", "alpha_D"});
  json["L_C"] = CurveJson(fit.L_C, {"C_c", "alpha_C"});
  json["joint"] = JointJson(fit.joint, JointOffset::kNone);
  json["joint"]["with_offset"] =
      JointJson(fit.joint_with_offset, JointOffset::kFitted);
  return json;
}

}  // namespace isoflop
