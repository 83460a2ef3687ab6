#include "analysis/report/diagnostics_json.h"

#include "analysis/report/json_numbers.h"
#include "lib/core/transformed.h"

namespace isoflop {
namespace {

Json ToJson(const RunResidual& residual, const Observation& run) {
  Json json{{"run", residual.run}};
  PutNumber(&json, "params", run.N);
  PutNumber(&json, "tokens", run.D);
  PutNumber(&json, "flops", run.C);
  PutNumber(&json, "loss", run.L);
  PutNumber(&json, "predicted", residual.predicted);
  PutNumber(&json, "log_residual", residual.log_residual);
  PutText(&json, "group", run.group);
  return json;
}

Json ResidualsJson(const Residuals& residuals,
                   const std::vector<Observation>& runs) {
  Json json = Json::array();
  const auto listed = residuals.runs.size() <= kMostResiduals
                          ? residuals.runs
                          : Worst(residuals, kMostResiduals);
  for (const RunResidual& residual : listed) {
    json.push_back(ToJson(residual, runs[residual.run]));
  }
  return json;
}

Json ToJson(const ResidualTrend& trend) {
  return {{"quantity", trend.quantity},
          {"slope", trend.slope},
          {"bend", trend.bend},
          {"significant", trend.significant}};
}

Json ToJson(const Misfit& misfit) {
  Json json{{"trend", ToJson(misfit.trend)}};
  if (!misfit.rival.empty()) {
    json["rival"] = misfit.rival;
    PutNumber(&json, "rms_ratio", misfit.rms_ratio);
  }
  PutText(&json, "believed", misfit.believed);
  PutNumber(&json, "a", misfit.a);
  json["in_words"] = misfit.in_words;
  return json;
}

Json TrendsJson(const Residuals& residuals) {
  Json json = Json::array();
  for (const ResidualTrend& trend : residuals.trends) {
    json.push_back(ToJson(trend));
  }
  return json;
}

Json ToJson(const Influence& influence) {
  return {{"runs", influence.runs},
          {"alpha", influence.alpha},
          {"beta", influence.beta},
          {"a", influence.a},
          {"log_params_opt", influence.log_params_opt}};
}

Json ToJson(const InfluenceStudy& study) {
  Json json{{"flops", study.flops},
            {"extrapolation_decades", study.extrapolation_decades},
            {"left_out", study.left_out},
            {"undetermined", study.undetermined},
            {"largest", Json::array()}};
  for (const Influence& influence : study.single) {
    json["largest"].push_back(ToJson(influence));
  }
  if (study.worst) json["worst_residuals"] = ToJson(*study.worst);
  return json;
}

Json ToJson(const Outliers& outliers) {
  return {{"runs", Transformed(outliers.runs, &RunResidual::run)},
          {"scale", outliers.scale},
          {"limit", outliers.limit}};
}

Json ToJson(const SplitSetting& split) {
  return {{"setting", split.name},
          {"value", split.value},
          {"shift", split.shift},
          {"scatter", split.scatter},
          {"deviations", split.deviations}};
}

Json ToJson(const SharedCurves& curves) {
  return {{"column", curves.name},
          {"curves", curves.curves},
          {"rows_each", curves.rows_each},
          {"correlation", curves.correlation}};
}

Json ToJson(const LackOfFit& test) {
  Json json{{"cells", test.cells},
            {"degrees_of_freedom", test.degrees_of_freedom}};
  PutNumber(&json, "rms_residual", test.rms_residual);
  PutNumber(&json, "F", test.F);
  PutNumber(&json, "p_value", test.p_value);
  return json;
}

}  // namespace

void PutDiagnostics(const FitReport& report, Json* section) {
  const Diagnostics& found = report.diagnostics;
  if (found.residuals) {
    (*section)["residuals"] = ResidualsJson(*found.residuals, report.used);
    (*section)["residual_trends"] = TrendsJson(*found.residuals);
  }
  if (report.misfit) (*section)["misfit"] = ToJson(*report.misfit);
  if (found.outliers) (*section)["outliers"] = ToJson(*found.outliers);
  if (found.split) (*section)["split"] = ToJson(*found.split);
  if (found.curves) (*section)["curves"] = ToJson(*found.curves);
  if (found.influence) (*section)["influence"] = ToJson(*found.influence);
  if (found.lack_of_fit) {
    (*section)["lack_of_fit"] = ToJson(*found.lack_of_fit);
  }
}

Json ToJson(const SeedNoise& noise) {
  Json json{{"loss_std", noise.loss_std}};
  if (noise.degrees_of_freedom) {
    json["degrees_of_freedom"] = *noise.degrees_of_freedom;
  }
  json["source"] = NameOf(noise.source);
  return json;
}

}  // namespace isoflop
