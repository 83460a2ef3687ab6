#include <fmt/format.h>

#include "analysis/report/approaches_json.h"
#include "analysis/report/json_numbers.h"
#include "analysis/report/recipe_report.h"
#include "analysis/report/setting_report.h"

namespace isoflop {
namespace {

Json ToJson(const RecipeResult& recipe) {
  Json json{{"name", recipe.name}, {"runs", recipe.runs}};
  json["law"] = ToJson(recipe.law);
  json["rho_N"] = ToJson(recipe.params_efficiency);
  json["rho_D"] = ToJson(recipe.tokens_efficiency);
  json["compute_multiplier"] = ToJson(recipe.compute_multiplier);
  if (recipe.verdict) json["verdict"] = NameOf(*recipe.verdict);
  if (recipe.budgets.empty()) return json;
  json["with_own_exponents"] = Json::array();
  for (const BudgetMultiplier& budget : recipe.budgets) {
    Json row{{"flops", budget.flops},
             {"extrapolation_decades", budget.decades}};
    row["compute_multiplier"] = ToJson(budget.multiplier);
    json["with_own_exponents"].push_back(std::move(row));
  }
  return json;
}

Json ToJson(const SharingTest& test) {
  Json json = StatusJson(test.status, test.reason);
  if (test.status != FitStatus::kOk) return json;
  PutNumber(&json, "F", test.F);
  json["degrees_of_freedom"] = Json::array({test.numerator, test.denominator});
  PutNumber(&json, "p_value", test.p_value);
  PutNumber(&json, "delta_aicc", test.delta_aicc);
  json["certified"] = test.certified;
  return json;
}

/// What is known of recipes that cannot be compared.
Json NamesJson(const RecipeComparison& comparison) {
  Json rows = Json::array();
  for (const RecipeResult& recipe : comparison.recipes) {
    rows.push_back({{"name", recipe.name}, {"runs", recipe.runs}});
  }
  return rows;
}

Json ObjectiveJson(const RecipeComparison& comparison) {
  Json json = Json::object();
  PutNumber(&json, "value", comparison.joint.objective);
  json["loss"] = "huber";
  PutNumber(&json, "delta", comparison.delta);
  json["residual"] = "log";
  json["reduction"] = "sum";
  return json;
}

Json BootstrapJson(const RecipeComparison& comparison) {
  const Resampling& resampling = *comparison.resampling;
  return {{"resamples", resampling.resamples},
          {"unit", NameOf(resampling.unit)},
          {"units", resampling.units},
          {"paired", comparison.paired},
          {"seed", resampling.seed},
          {"failed", comparison.failed},
          {"failed_with_own_exponents", comparison.failed_separate}};
}

}  // namespace

Json ToJson(const RecipeComparison& comparison) {
  const auto reference = static_cast<std::size_t>(comparison.reference);
  Json json{{"schema", kCompareSchema},
            {"source", comparison.source},
            {"by", comparison.by},
            {"reference", comparison.recipes[reference].name},
            {"params", NameOf(comparison.params)},
            {"law", kRecipeFormula}};
  json.update(StatusJson(comparison.status, comparison.reason));
  json["notes"] = comparison.notes;
  json["warnings"] = comparison.warnings;
  if (comparison.optima) json["optima"] = ToJson(*comparison.optima);
  if (comparison.status != FitStatus::kOk) {
    json["recipes"] = NamesJson(comparison);
    return json;
  }
  json["recipes"] = Json::array();
  for (const RecipeResult& recipe : comparison.recipes) {
    json["recipes"].push_back(ToJson(recipe));
  }
  json["objective"] = ObjectiveJson(comparison);
  json["certificate"] = ToJson(comparison.joint.certificate);
  if (comparison.separate.status == FitStatus::kOk) {
    json["certificate_with_own_exponents"] =
        ToJson(comparison.separate.certificate);
  }
  json["same_law"] = ToJson(comparison.same_law);
  json["same_exponents"] = ToJson(comparison.same_exponents);
  if (comparison.resampling) json["bootstrap"] = BootstrapJson(comparison);
  return json;
}

}  // namespace isoflop
