#include "analysis/report/results.h"

#include <fmt/format.h>

#include <set>

#include "analysis/fit/sweep_observations.h"
#include "analysis/report/environment.h"
#include "analysis/report/json_numbers.h"
#include "lib/core/csv.h"

namespace isoflop {
namespace {

/// The plan without the runs that did not end ok.
Plan Trained(const Plan& plan, const std::vector<RunResult>& runs) {
  std::set<std::string> ok;
  for (const RunResult& run : runs) {
    if (run.status == RunStatus::kOk) ok.insert(run.id);
  }
  Plan trained = plan;
  for (RunGroup& group : trained.groups) {
    std::erase_if(group.runs, [&ok](const PlannedRun& run) {
      return !ok.contains(run.id);
    });
  }
  std::erase_if(trained.groups,
                [](const RunGroup& group) { return group.runs.empty(); });
  return trained;
}

Json ToJson(const RunTally& tally) {
  return {{"planned", tally.planned},
          {"ok", tally.ok},
          {"diverged", tally.diverged},
          {"failed", tally.failed},
          {"pending", tally.pending()}};
}

Json TotalsJson(const SweepResults& results) {
  const PlanTotals totals = Totals(Trained(results.plan, results.runs));
  double wall_seconds = 0.0;
  for (const RunResult& run : results.runs) wall_seconds += run.wall_seconds;
  return {{"flops", totals.flops},
          {"flops_without_shared_trunks", totals.flops_without_shared_trunks},
          {"tokens", totals.tokens},
          {"wall_seconds", wall_seconds},
          {"runs", ToJson(Tally(results.plan, results.runs))}};
}

std::string Cell(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : "";
}

std::int64_t ParamsOf(const RunResult& run, ParamsConvention convention) {
  return Count(
      {.total = run.params_total, .non_embedding = run.params_non_embedding},
      convention);
}

/// What the sweep varied: "model.position", ...
std::vector<std::string> AxesOf(const std::vector<RunResult>& runs) {
  std::vector<std::string> axes;
  if (runs.empty()) return axes;
  for (const auto& setting : runs.front().variant.items()) {
    axes.push_back(setting.key());
  }
  return axes;
}

std::string CsvCellsOf(const Json& variant,
                       const std::vector<std::string>& axes) {
  std::string cells;
  for (const std::string& axis : axes) {
    const Json value = variant.value(axis, Json(""));
    cells += "," + CsvCell(value.is_string() ? value.get<std::string>()
                                             : value.dump());
  }
  return cells;
}

std::string CsvRowOf(const RunResult& run, ParamsConvention convention) {
  return fmt::format("{},{},{},{},{},{},{},{},{},{}", ParamsOf(run, convention),
                     run.tokens, *run.loss, run.flops, Cell(run.budget_flops),
                     run.seed, CsvCell(run.group), Cell(run.loss_std_error),
                     run.params_total, run.params_non_embedding);
}

}  // namespace

Json ResultsJson(const SweepResults& results) {
  Json json{{"schema", kResultsSchema},
            {"sweep", results.sweep},
            {"totals", TotalsJson(results)},
            {"runs", Json::array()}};
  for (const RunResult& run : results.runs) json["runs"].push_back(ToJson(run));
  json["allocations"] = Json::array();
  if (results.fit) {
    json["fits"] = *results.fit;
    json["allocations"] = results.fit->value("allocations", Json::array());
  }
  json["environment"] = EnvironmentJson(results.runs);
  return json;
}

std::string RunsJsonLines(const std::vector<RunResult>& runs,
                          ParamsConvention convention) {
  std::string lines;
  for (const RunResult& run : runs) {
    Json record = ToJson(run);
    record["params"] = ParamsOf(run, convention);
    for (const auto& setting : run.variant.items()) {
      record[setting.key()] = setting.value();
    }
    lines += record.dump() + "\n";
  }
  return lines;
}

std::string RunsCsv(const std::vector<RunResult>& runs,
                    ParamsConvention convention) {
  std::string text =
      "params,tokens,loss,flops,budget_flops,seed,group,loss_std,params_total,"
      "params_non_embedding";
  const std::vector<std::string> axes = AxesOf(runs);
  for (const std::string& axis : axes) text += "," + CsvCell(axis);
  text += "\n";
  for (const RunResult& run : runs) {
    if (run.status != RunStatus::kOk || !run.loss) continue;
    text += CsvRowOf(run, convention) + CsvCellsOf(run.variant, axes) + "\n";
  }
  return text;
}

}  // namespace isoflop
