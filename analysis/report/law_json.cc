#include "analysis/report/law_json.h"

#include "analysis/report/fit_json.h"
#include "analysis/report/json_numbers.h"

namespace isoflop {
namespace {

Json EstimateJson(const Chinchilla& law) {
  Json json = ToJson(law);
  PutNumber(&json, "a", ParamsExponent(law));
  PutNumber(&json, "b", TokensExponent(law));
  PutNumber(&json, "G", AllocationCoefficient(law));
  return json;
}

Json ObjectiveJson(const ChinchillaFit& fit, const ObjectiveOptions& options) {
  Json json = Json::object();
  PutNumber(&json, "value", fit.objective);
  json["loss"] = NameOf(options.loss);
  if (options.loss == LossKind::kHuber) json["delta"] = options.delta;
  json["residual"] = NameOf(options.residual);
  if (options.tied_exponents) json["tied_exponents"] = true;
  for (const auto& [name, value] : options.fixed) json["fixed"][name] = value;
  json["reduction"] = "sum";
  if (fit.student_t) {
    PutNumber(&json, "scale", fit.student_t->scale);
    PutNumber(&json, "degrees_of_freedom", fit.student_t->degrees_of_freedom);
  }
  return json;
}

Json ToJson(const ExactLoss& exact) {
  Json json = Json::object();
  PutNumber(&json, "entropy_rate", exact.entropy_rate);
  PutNumber(&json, "bayes_loss", exact.bayes_loss);
  return json;
}

Json ToJson(const Certificate& certificate) {
  Json json{{"starts", certificate.starts},
            {"agreeing", certificate.agreeing},
            {"distinct_minima", certificate.distinct_minima}};
  PutNumber(&json, "gradient_norm", certificate.gradient_norm);
  PutNumber(&json, "condition_number", certificate.condition_number);
  json["converged"] = certificate.converged;
  json["certified"] = certificate.certified();
  return json;
}

Json BootstrapJson(const ChinchillaBootstrap& bootstrap,
                   const Resampling& resampling) {
  Json json{
      {"resamples", resampling.resamples}, {"unit", NameOf(resampling.unit)},
      {"units", resampling.units},         {"seed", resampling.seed},
      {"failed", bootstrap.failed},        {"escaped", bootstrap.escaped}};
  SpreadTable spreads;
  spreads.Add("E", bootstrap.E);
  spreads.Add("A", bootstrap.A);
  spreads.Add("B", bootstrap.B);
  spreads.Add("alpha", bootstrap.alpha);
  spreads.Add("beta", bootstrap.beta);
  spreads.Add("a", bootstrap.a);
  spreads.Add("b", bootstrap.b);
  spreads.Add("G", bootstrap.G);
  spreads.PutInto(&json);
  return json;
}

/// Sets json[key] to the value, and keeps its spread for later.
void PutEstimate(Json* json, const char* key,
                 const std::optional<Estimate>& estimate,
                 SpreadTable* spreads) {
  if (!estimate) return;
  PutNumber(json, key, estimate->value);
  spreads->Add(key, *estimate);
}

Json ToJson(const IsoflopBudget& budget) {
  Json json{{"flops", budget.flops},
            {"points", budget.points},
            {"sizes", budget.sizes},
            {"status", NameOf(budget.minimum)}};
  SpreadTable spreads;
  PutEstimate(&json, "params_opt", budget.params_opt, &spreads);
  PutEstimate(&json, "tokens_opt", budget.tokens_opt, &spreads);
  PutEstimate(&json, "loss_opt", budget.loss_opt, &spreads);
  spreads.PutInto(&json);
  if (budget.interior_resamples > 0) {
    json["interior_resamples"] = budget.interior_resamples;
  }
  PutNumber(&json, "params_bias", budget.params_bias);
  return json;
}

/// `scale` and `exponent` are Kaplan's symbols, such as N_c and alpha_N.
Json CurveJson(const KaplanCurve& curve, const char* scale,
               const char* exponent) {
  Json json = StatusJson(curve.status, curve.reason);
  PutText(&json, "selection", curve.selection);
  if (curve.status != FitStatus::kOk) return json;
  json["points"] = curve.runs.size();
  SpreadTable spreads;
  PutEstimate(&json, scale, curve.scale, &spreads);
  PutEstimate(&json, exponent, curve.exponent, &spreads);
  spreads.PutInto(&json);
  PutNumber(&json, "rms_log_residual", curve.rms_log_residual);
  json["failed_resamples"] = curve.failed_resamples;
  return json;
}

/// The power laws that Approaches 1 and 2 end in.
template <typename Fit>
void PutPowerLaws(Json* json, const Fit& fit) {
  (*json)["a"] = isoflop::ToJson(fit.a);
  (*json)["b"] = isoflop::ToJson(fit.b);
  PutNumber(json, "params_coefficient", fit.params_coefficient);
  PutNumber(json, "tokens_coefficient", fit.tokens_coefficient);
  (*json)["failed_resamples"] = fit.failed_resamples;
}

}  // namespace

Json StatusJson(FitStatus status, const std::string& reason) {
  Json json{{"status", NameOf(status)}};
  if (status != FitStatus::kOk) PutText(&json, "reason", reason);
  return json;
}

Json ToJson(const Chinchilla& law) {
  Json json = Json::object();
  PutNumber(&json, "E", law.E);
  PutNumber(&json, "A", law.A);
  PutNumber(&json, "B", law.B);
  PutNumber(&json, "alpha", law.alpha);
  PutNumber(&json, "beta", law.beta);
  return json;
}

Json ChinchillaSection(const FitReport& report, const ExactLoss& exact) {
  const ChinchillaFit& fit = *report.chinchilla;
  Json json{{"law", kChinchillaFormula}};
  json.update(StatusJson(fit.status, fit.reason));
  if (fit.status != FitStatus::kOk) return json;
  json["estimate"] = EstimateJson(fit.law);
  if (exact.known()) json["reference"] = ToJson(exact);
  json["objective"] = ObjectiveJson(fit, report.options.objective);
  if (report.options.weights != WeightKind::kColumn) {
    json["objective"]["weights"] = NameOf(report.options.weights);
  }
  json["certificate"] = ToJson(fit.certificate);
  if (report.chinchilla_bootstrap && report.resampling) {
    json["bootstrap"] =
        BootstrapJson(*report.chinchilla_bootstrap, *report.resampling);
  }
  return json;
}

Json ToJson(const IsoflopFit& fit) {
  Json json = StatusJson(fit.status, fit.reason);
  json["budgets"] = Json::array();
  for (const IsoflopBudget& budget : fit.budgets) {
    json["budgets"].push_back(ToJson(budget));
  }
  json["left_out"] = fit.left_out;
  if (fit.status != FitStatus::kOk) return json;
  PutPowerLaws(&json, fit);
  PutNumber(&json, "a_bias", fit.a_bias);
  PutText(&json, "bias_warning", fit.bias_warning);
  return json;
}

Json ToJson(const EnvelopeFit& fit) {
  Json json = StatusJson(fit.status, fit.reason);
  json["points"] = fit.runs.size();
  if (fit.status == FitStatus::kOk) PutPowerLaws(&json, fit);
  return json;
}

Json ToJson(const KaplanFit& fit) {
  Json json =
      StatusJson(fit.supported() ? FitStatus::kOk : FitStatus::kUnsupported,
                 "none of L(N), L(D) and L(C) can be fitted; each says why");
  json["L_N"] = CurveJson(fit.L_N, "N_c", "alpha_N");
  json["L_D"] = CurveJson(fit.L_D, "D_c", "alpha_D");
  json["L_C"] = CurveJson(fit.L_C, "C_c", "alpha_C");
  json["joint"] = StatusJson(FitStatus::kUnsupported,
                             "the joint law L(N, D) is not fitted yet; "
                             "Approach 3 is the law of both");
  return json;
}

Json ToJson(const Holdout& holdout) {
  Json json = StatusJson(holdout.status, holdout.reason);
  PutNumber(&json, "above_flops", holdout.above_flops);
  json["fitted"] = holdout.fitted;
  json["held_out"] = holdout.held_out;
  if (holdout.status != FitStatus::kOk) return json;
  json["estimate"] = ToJson(holdout.law);
  json["certificate"] = ToJson(holdout.certificate);
  PutNumber(&json, "mean_absolute_error", holdout.mean_absolute_error);
  PutNumber(&json, "rms_error", holdout.rms_error);
  PutNumber(&json, "mean_error", holdout.mean_error);
  PutNumber(&json, "max_absolute_error", holdout.max_absolute_error);
  return json;
}

}  // namespace isoflop
