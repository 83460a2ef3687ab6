#include "analysis/report/approaches_json.h"

#include <cmath>

#include "analysis/report/fit_json.h"
#include "analysis/report/json_numbers.h"
#include "analysis/report/profile_json.h"

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
  PutNumber(&json, "bayes_risk", exact.bayes_risk);
  PutNumber(&json, "bayes_loss", exact.bayes_loss);
  return json;
}

/// What the resamples themselves span, beside the intervals made of them.
Json PercentilesJson(const ChinchillaBootstrap& bootstrap) {
  Json json = Json::object();
  const auto add = [&](const char* name, const Spread& spread) {
    const auto [low, high] = spread.percentile95;
    if (!std::isfinite(low) || !std::isfinite(high)) return;
    json[name] = Json::array({low, high});
  };
  add("E", bootstrap.E);
  add("A", bootstrap.A);
  add("B", bootstrap.B);
  add("alpha", bootstrap.alpha);
  add("beta", bootstrap.beta);
  add("a", bootstrap.a);
  add("b", bootstrap.b);
  add("G", bootstrap.G);
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
  const Json percentiles = PercentilesJson(bootstrap);
  if (!percentiles.empty()) json["percentile95"] = percentiles;
  return json;
}

}  // namespace

Json StatusJson(FitStatus status, const std::string& reason) {
  Json json{{"status", NameOf(status)}};
  if (status != FitStatus::kOk) PutText(&json, "reason", reason);
  return json;
}

Json ToJson(const Certificate& certificate) {
  Json json{{"starts", certificate.starts},
            {"agreeing", certificate.agreeing},
            {"distinct_minima", certificate.distinct_minima}};
  if (certificate.sample > 0) json["sample"] = certificate.sample;
  PutNumber(&json, "gradient_norm", certificate.gradient_norm);
  PutNumber(&json, "condition_number", certificate.condition_number);
  json["converged"] = certificate.converged;
  json["certified"] = certificate.certified();
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
  for (const LawCoefficient& coefficient : fit.coefficients) {
    if (!coefficient.profile) continue;
    json["profile95"][coefficient.name] = ToJson(*coefficient.profile);
  }
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
  PutNumber(&json, "extrapolation_decades", holdout.extrapolation_decades);
  PutNumber(&json, "mean_absolute_error", holdout.mean_absolute_error);
  PutNumber(&json, "rms_error", holdout.rms_error);
  PutNumber(&json, "mean_error", holdout.mean_error);
  PutNumber(&json, "max_absolute_error", holdout.max_absolute_error);
  return json;
}

}  // namespace isoflop
