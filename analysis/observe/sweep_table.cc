// A sweep as a table.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/observe/joined_table.h"
#include "analysis/observe/sweep_observations.h"

namespace isoflop {
namespace {

std::string CellOf(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : "";
}

std::string CellOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

const std::vector<std::string>& QuantityNames() {
  static const std::vector<std::string> kNames = {
      "id",        "status",        "params",       "tokens",
      "loss",      "flops",         "budget_flops", "seed",
      "group",     "loss_std",      "params_total", "params_non_embedding",
      "loss_unit", "unique_tokens", "epochs",       "bytes_per_token"};
  return kNames;
}

std::vector<std::string> CellsOf(const RunResult& run,
                                 ParamsConvention convention) {
  const std::int64_t params = Count(
      {.total = run.params_total, .non_embedding = run.params_non_embedding},
      convention);
  return {run.id,
          std::string(NameOf(run.status)),
          fmt::format("{}", params),
          fmt::format("{}", run.tokens),
          CellOf(run.loss),
          fmt::format("{}", run.flops),
          CellOf(run.budget_flops),
          fmt::format("{}", run.seed),
          run.group,
          CellOf(run.loss_std_error),
          fmt::format("{}", run.params_total),
          fmt::format("{}", run.params_non_embedding),
          std::string(NameOf(run.loss_unit)),
          run.unique_tokens ? fmt::format("{}", *run.unique_tokens) : "",
          CellOf(run.epochs),
          CellOf(run.bytes_per_token)};
}

/// The groups whose variant is the sweep's own but for the open axes, and their
/// settings.
std::map<std::string, Json> WantedGroups(const Plan& plan,
                                         const Json& sweep_file,
                                         const std::vector<std::string>& open) {
  const Json base = BaseVariant(plan, sweep_file);
  std::map<std::string, Json> wanted;
  for (const RunGroup& group : plan.groups) {
    const auto setting_fits = [&](const auto& setting) {
      return std::ranges::find(open, setting.key()) != open.end() ||
             base.value(setting.key(), Json()) == setting.value();
    };
    const auto settings = group.variant.items();
    if (std::all_of(settings.begin(), settings.end(), setting_fits)) {
      wanted[group.id] = group.variant;
    }
  }
  return wanted;
}

}  // namespace

RecordTable SweepTable(const std::string& source, const Plan& plan,
                       const std::vector<RunResult>& results,
                       const Json& sweep_file,
                       const std::vector<std::string>& open,
                       std::vector<std::string>* notes) {
  const auto wanted = WantedGroups(plan, sweep_file, open);
  const std::vector<std::string> axes = AxesOf(plan);
  RecordTable table{.source = source, .columns = QuantityNames(), .rows = {}};
  table.columns.insert(table.columns.end(), axes.begin(), axes.end());
  int left_out = 0;
  for (const RunResult& run : results) {
    const auto group = wanted.find(run.group);
    if (group == wanted.end()) {
      ++left_out;
      continue;
    }
    std::vector<std::string> cells = CellsOf(run, plan.convention);
    for (const std::string& axis : axes) {
      const auto value = group->second.find(axis);
      cells.push_back(value == group->second.end() ? "" : CellOf(*value));
    }
    table.rows.push_back({0, std::move(cells)});
  }
  if (left_out > 0) {
    notes->push_back(fmt::format(
        "{}: {} of other variants than the sweep's own {} left out; --where "
        "chooses others, by {}",
        source, left_out == 1 ? "1 run" : fmt::format("{} runs", left_out),
        left_out == 1 ? "is" : "are", fmt::join(axes, ", ")));
  }
  return table;
}

}  // namespace isoflop
