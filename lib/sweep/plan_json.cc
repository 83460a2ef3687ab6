// Writes plans as JSON: plan.json and group.json.

#include "lib/sweep/plan.h"
#include "lib/sweep/probe_checks.h"

namespace isoflop {
namespace {

Json ToJson(const PlannedRun& run) {
  Json json{{"id", run.id},
            {"steps", run.steps},
            {"branch_step", run.branch_step},
            {"tokens", run.tokens},
            {"flops", run.flops},
            {"flops_exact", run.flops_exact}};
  if (run.budget_flops) json["budget_flops"] = *run.budget_flops;
  json["epochs"] = run.epochs;
  return json;
}

Json ToJson(const LeftOutCell& cell) {
  return {
      {"size", cell.size}, {"tokens", cell.tokens}, {"reason", cell.reason}};
}

Json ToJson(const PlanTotals& totals) {
  return {{"runs", totals.runs},
          {"tokens", totals.tokens},
          {"flops", totals.flops},
          {"flops_without_shared_trunks", totals.flops_without_shared_trunks},
          {"disk_bytes", totals.disk_bytes}};
}

template <typename Element>
Json ArrayOf(const std::vector<Element>& elements) {
  Json array = Json::array();
  for (const Element& element : elements) array.push_back(ToJson(element));
  return array;
}

}  // namespace

Json ToJson(const RunGroup& group) {
  Json json{{"id", group.id},
            {"model", ToJson(group.shape)},
            {"params",
             {{"total", group.params.total},
              {"non_embedding", group.params.non_embedding}}},
            {"training", ToJson(group.training)},
            {"data", ToJson(group.data)},
            {"data_fingerprint", group.data_fingerprint},
            {"seed", group.seed},
            {"convention", NameOf(group.convention)},
            {"variant", group.variant},
            {"runs", ArrayOf(group.runs)}};
  if (group.bytes_per_token) json["bytes_per_token"] = *group.bytes_per_token;
  if (!group.probes.empty()) json["probes"] = ToJson(group.probes);
  if (!group.shape_note.empty()) json["shape_note"] = group.shape_note;
  return json;
}

Json ToJson(const Plan& plan) {
  Json groups = Json::array();
  for (const RunGroup& group : plan.groups) groups.push_back(ToJson(group));
  Json json{{"schema", kPlanSchema},
            {"name", plan.name},
            {"convention", NameOf(plan.convention)},
            {"totals", ToJson(Totals(plan))},
            {"data", ToJson(plan.data)},
            {"groups", groups},
            {"left_out", ArrayOf(plan.left_out)},
            {"notes", plan.notes}};
  if (plan.auto_precision) {
    json["auto_precision"] = NameOf(*plan.auto_precision);
  }
  if (plan.bf16_products) json["bf16_products"] = NameOf(*plan.bf16_products);
  if (plan.blas_core) json["blas_core"] = NameOf(*plan.blas_core);
  if (!plan.arithmetic.empty()) json["arithmetic"] = plan.arithmetic;
  return json;
}

}  // namespace isoflop
