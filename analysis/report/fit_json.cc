#include "analysis/report/fit_json.h"

#include <cmath>

#include "analysis/report/allocation_report.h"
#include "analysis/report/approaches_json.h"
#include "analysis/report/conventions_report.h"
#include "analysis/report/diagnostics_json.h"
#include "analysis/report/experiment_report.h"
#include "analysis/report/json_numbers.h"
#include "analysis/report/more_laws_json.h"
#include "analysis/report/runs_json.h"

namespace isoflop {
namespace {

void PutReach(Json* json, const ObservedReach& reach) {
  const auto put = [json](const char* key, const Reach& range) {
    if (!std::isfinite(range.smallest) || !std::isfinite(range.largest)) return;
    (*json)[key] = {range.smallest, range.largest};
  };
  put("params_range", reach.params);
  put("tokens_range", reach.tokens);
  put("tokens_per_param_range", reach.tokens_per_param);
}

/// Of a file of which two columns were read, whatever they mean.
Json CurveJson(const ObservationSummary& summary) {
  Json json{{"source", summary.source},   {"read", summary.read},
            {"dropped", summary.dropped}, {"used", summary.used},
            {"x", summary.curve->x},      {"y", summary.curve->y}};
  PutText(&json, "y_std", summary.curve->y_std);
  return json;
}

Json ToJson(const ObservationSummary& summary) {
  if (summary.curve) return CurveJson(summary);
  Json json{{"source", summary.source},
            {"read", summary.read},
            {"dropped", summary.dropped},
            {"used", summary.used},
            {"params", NameOf(summary.params)},
            {"flops", NameOf(summary.flops)},
            {"loss_unit", NameOf(summary.loss_unit)}};
  PutNumber(&json, "smallest_flops", summary.smallest_flops);
  PutNumber(&json, "largest_flops", summary.largest_flops);
  if (summary.reach) PutReach(&json, *summary.reach);
  if (summary.learning_rates)
    json["learning_rates"] = summary.learning_rates->in_all;
  return json;
}

Json ToJson(const Resampling& resampling) {
  return {{"resamples", resampling.resamples},
          {"unit", NameOf(resampling.unit)},
          {"units", resampling.units},
          {"seed", resampling.seed}};
}

Json DiagnosticsJson(const FitReport& report) {
  Json json = Json::object();
  if (Supported(report.chinchilla)) {
    PutNumber(&json, "rms_log_residual", report.chinchilla->rms_log_residual);
    PutNumber(&json, "max_log_residual", report.chinchilla->max_log_residual);
  }
  if (!report.conventions.empty()) {
    json["conventions"] = ConventionsJson(report.conventions);
  }
  PutDiagnostics(report, &json);
  json["warnings"] = report.warnings;
  json["notes"] = report.notes;
  return json;
}

Json DrawsJson(const ChinchillaBootstrap& bootstrap) {
  Json rows = Json::array();
  for (const Chinchilla& law : bootstrap.laws) {
    rows.push_back(Json::array({law.E, law.A, law.B, law.alpha, law.beta}));
  }
  return rows;
}

void PutLaws(Json* json, const FitReport& report, const ExactLoss& exact) {
  if (report.chinchilla) {
    (*json)["chinchilla"] = ChinchillaSection(report, exact);
  }
  if (report.isoflop) (*json)["isoflop"] = ToJson(*report.isoflop);
  if (report.envelope) (*json)["envelope"] = ToJson(*report.envelope);
  if (report.kaplan) (*json)["kaplan"] = ToJson(*report.kaplan);
  const MoreLaws& more = report.more_laws;
  if (!more.fits.empty()) {
    (*json)["laws"] = LawsJson(more, report.options.objective);
  }
  if (more.comparison) (*json)["comparison"] = ToJson(*more.comparison);
  if (!report.experiments.empty()) {
    (*json)["experiments"] = ToJson(report.experiments);
  }
}

}  // namespace

Json ToJson(const FitReport& report, const ExactLoss& exact) {
  Json json{{"schema", kFitSchema},
            {"observations", ToJson(report.observations)}};
  if (!report.used.empty()) json["runs"] = FittedRunsJson(report);
  if (report.resampling) json["resampling"] = ToJson(*report.resampling);
  PutLaws(&json, report, exact);
  if (report.seed_noise) json["seed_noise"] = ToJson(*report.seed_noise);
  json["diagnostics"] = DiagnosticsJson(report);
  json["holdout"] = Json::array();
  for (const Holdout& test : report.holdouts) {
    json["holdout"].push_back(ToJson(test));
  }
  json["allocations"] = Json::array();
  for (const Allocation& allocation : report.allocations) {
    json["allocations"].push_back(ToJson(allocation));
  }
  if (report.chinchilla_bootstrap) {
    json["draws"] = DrawsJson(*report.chinchilla_bootstrap);
  }
  return json;
}

}  // namespace isoflop
