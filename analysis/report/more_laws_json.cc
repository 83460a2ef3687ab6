#include "analysis/report/more_laws_json.h"

#include "analysis/report/approaches_json.h"
#include "analysis/report/json_numbers.h"
#include "analysis/report/profile_json.h"

namespace isoflop {
namespace {

void PutCoefficients(const LawFit& fit, Json* json) {
  Json estimate = Json::object();
  Json profile = Json::object();
  Json held = Json::array();
  Json at_bound = Json::array();
  for (const LawCoefficient& coefficient : fit.coefficients) {
    PutNumber(&estimate, coefficient.name, coefficient.value);
    if (coefficient.held) held.push_back(coefficient.name);
    if (coefficient.at_bound) at_bound.push_back(coefficient.name);
    if (coefficient.profile) {
      profile[coefficient.name] = ToJson(*coefficient.profile);
    }
  }
  (*json)["estimate"] = estimate;
  if (!held.empty()) (*json)["held"] = held;
  if (!at_bound.empty()) (*json)["at_bound"] = at_bound;
  if (!profile.empty()) (*json)["profile95"] = profile;
}

Json ObjectiveJson(const LawFit& fit, const ObjectiveOptions& options) {
  Json json = Json::object();
  PutNumber(&json, "value", fit.objective);
  json["loss"] = NameOf(options.loss);
  if (options.loss == LossKind::kHuber) json["delta"] = options.delta;
  json["residual"] = NameOf(options.residual);
  json["reduction"] = "sum";
  if (fit.student_t) {
    PutNumber(&json, "scale", fit.student_t->scale);
    PutNumber(&json, "degrees_of_freedom", fit.student_t->degrees_of_freedom);
  }
  return json;
}

Json AllocationJson(const LawAllocation& allocation) {
  Json json = Json::object();
  PutNumber(&json, "a", allocation.a);
  PutNumber(&json, "b", allocation.b);
  PutNumber(&json, "G", allocation.G);
  json["budgets"] = Json::array();
  for (const LawOptimum& budget : allocation.budgets) {
    Json row = Json::object();
    PutNumber(&row, "flops", budget.flops);
    PutNumber(&row, "params_opt", budget.run.N);
    PutNumber(&row, "tokens_opt", budget.run.D);
    PutNumber(&row, "tokens_per_param", budget.run.D / budget.run.N);
    PutNumber(&row, "loss", budget.run.loss);
    json["budgets"].push_back(row);
  }
  return json;
}

Json ErrorJson(const PredictionError& error) {
  Json json = Json::object();
  PutNumber(&json, "rms", error.rms);
  PutNumber(&json, "mean_absolute", error.mean_absolute);
  PutNumber(&json, "largest", error.largest);
  json["certified"] = error.certified;
  return json;
}

Json ScoreJson(const LawScore& score) {
  Json json{{"law", score.name},
            {"certified", score.certified},
            {"parameters", score.parameters}};
  PutNumber(&json, "rms_log_residual", score.rms_log_residual);
  PutNumber(&json, "log_likelihood", score.log_likelihood);
  PutNumber(&json, "aicc", score.aicc);
  PutNumber(&json, "aicc_difference", score.aicc_difference);
  if (score.neighbours) {
    PutNumber(&json, "neighbour_correlation", score.neighbours->correlation);
    PutNumber(&json, "neighbour_correlation_by_chance",
              score.neighbours->by_chance);
  }
  if (score.held_out) json["held_out"] = ErrorJson(*score.held_out);
  if (score.cross_validated) {
    json["cross_validated"] = ErrorJson(*score.cross_validated);
  }
  json["refits"] = score.refits;
  json["uncertified_refits"] = score.uncertified_refits;
  return json;
}

}  // namespace

Json LawJson(const LawFit& fit, const ObjectiveOptions& objective) {
  Json json{{"law", fit.formula}, {"source", fit.source}};
  json.update(StatusJson(fit.status, fit.reason));
  if (fit.status != FitStatus::kOk) return json;
  json["points"] = fit.points;
  PutCoefficients(fit, &json);
  json["objective"] = ObjectiveJson(fit, objective);
  json["certificate"] = ToJson(fit.certificate);
  PutNumber(&json, "rms_log_residual", fit.rms_log_residual);
  PutNumber(&json, "max_log_residual", fit.max_log_residual);
  return json;
}

Json LawsJson(const MoreLaws& laws, const ObjectiveOptions& objective) {
  Json json = Json::object();
  for (const LawFit& fit : laws.fits) {
    json[fit.name] = LawJson(fit, objective);
    const auto allocation = laws.allocations.find(fit.name);
    if (allocation == laws.allocations.end()) continue;
    json[fit.name]["allocation"] = AllocationJson(allocation->second);
  }
  return json;
}

Json ToJson(const LawComparison& comparison) {
  Json json{{"runs", comparison.runs}};
  PutNumber(&json, "above_flops", comparison.above_flops);
  json["held_out"] = comparison.held_out;
  json["folds"] = comparison.folds;
  json["noise"] = NameOf(comparison.noise);
  json["scores"] = Json::array();
  for (const LawScore& score : comparison.scores) {
    json["scores"].push_back(ScoreJson(score));
  }
  PutText(&json, "lowest_aicc", comparison.lowest_aicc);
  PutText(&json, "lowest_held_out", comparison.lowest_held_out);
  PutText(&json, "lowest_cross_validated", comparison.lowest_cross_validated);
  json["verdict"] = comparison.verdict;
  return json;
}

}  // namespace isoflop
