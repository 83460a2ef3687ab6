// The sections "isoflop" and "envelope" of fit.json.

#include "analysis/report/approaches_json.h"
#include "analysis/report/json_numbers.h"

namespace isoflop {
namespace {

/// L as c0 + c1 z + c2 z^2 with z = ln N - center.
Json ToJson(const Parabola& parabola) {
  Json json = Json::object();
  PutNumber(&json, "center", parabola.center);
  PutNumber(&json, "c0", parabola.c0);
  PutNumber(&json, "c1", parabola.c1);
  PutNumber(&json, "c2", parabola.c2);
  return json;
}

Json ToJson(const IsoflopBudget& budget) {
  Json json{{"flops", budget.flops},
            {"points", budget.points},
            {"sizes", budget.sizes},
            {"status", NameOf(budget.minimum)}};
  if (budget.parabola) json["parabola"] = ToJson(*budget.parabola);
  SpreadTable spreads;
  PutEstimate(&json, "params_opt", budget.params_opt, &spreads);
  PutEstimate(&json, "tokens_opt", budget.tokens_opt, &spreads);
  PutEstimate(&json, "loss_opt", budget.loss_opt, &spreads);
  spreads.PutInto(&json);
  if (budget.interior_resamples > 0) {
    json["interior_resamples"] = budget.interior_resamples;
  }
  PutNumber(&json, "params_opt_log_error", budget.params_opt_log_error);
  PutNumber(&json, "params_bias", budget.params_bias);
  PutNumber(&json, "params_opt_corrected", budget.params_opt_corrected);
  PutNumber(&json, "tokens_opt_corrected", budget.tokens_opt_corrected);
  return json;
}

Json ToJson(const Heterogeneity& heterogeneity) {
  Json json{{"degrees_of_freedom", heterogeneity.degrees_of_freedom}};
  PutNumber(&json, "chi2", heterogeneity.chi2);
  PutNumber(&json, "chi2_per_degree", heterogeneity.PerDegree());
  PutNumber(&json, "p_value", heterogeneity.p_value);
  PutNumber(&json, "tau", heterogeneity.tau);
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

Json ToJson(const IsoflopFit& fit) {
  Json json = StatusJson(fit.status, fit.reason);
  json["curve"] = NameOf(fit.curve);
  json["budgets"] = Json::array();
  for (const IsoflopBudget& budget : fit.budgets) {
    json["budgets"].push_back(ToJson(budget));
  }
  json["left_out"] = fit.left_out;
  json["left_aside"] = fit.left_aside;
  if (fit.status != FitStatus::kOk) return json;
  PutPowerLaws(&json, fit);
  json["weights"] = NameOf(fit.weights);
  json["a_unweighted"] = ToJson(fit.a_unweighted);
  if (fit.heterogeneity) json["heterogeneity"] = ToJson(*fit.heterogeneity);
  PutNumber(&json, "a_bias", fit.a_bias);
  PutNumber(&json, "a_corrected", fit.a_corrected);
  PutText(&json, "bias_warning", fit.bias_warning);
  return json;
}

Json ToJson(const EnvelopeFit& fit) {
  Json json = StatusJson(fit.status, fit.reason);
  json["source"] = NameOf(fit.source);
  if (fit.source == EnvelopeSource::kCurves) {
    json["curves"] = fit.curves;
    json["trunks"] = fit.trunks;
  }
  json["points"] = fit.points;
  json["optima"] = fit.optima.size();
  for (const BudgetOptimum& optimum : fit.optima) {
    Json row = Json::object();
    PutNumber(&row, "flops", optimum.C);
    PutNumber(&row, "params_opt", optimum.N);
    PutNumber(&row, "tokens_opt", optimum.D);
    json["optima_at"].push_back(std::move(row));
  }
  if (fit.status == FitStatus::kOk) PutPowerLaws(&json, fit);
  return json;
}

}  // namespace isoflop
