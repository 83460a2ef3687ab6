#include "lib/sweep/plan_report.h"

namespace isoflop {

Json ReportJson(const Plan& plan, DeviceKind device) {
  Json json = ToJson(plan);
  for (std::size_t i = 0; i < plan.groups.size(); ++i) {
    const RunGroup& group = plan.groups[i];
    Json& of_group = json["groups"][i];
    of_group["lr_hidden"] = HiddenLr(group);
    of_group["memory_bytes"] = EstimateMemoryBytes(group, device);
    for (std::size_t j = 0; j < group.runs.size(); ++j) {
      of_group["runs"][j]["tokens_per_param"] =
          TokensPerParam(group, group.runs[j]);
    }
  }
  return json;
}

}  // namespace isoflop
