#include "analysis/report/results.h"

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <set>
#include <string_view>

#include "analysis/observe/sweep_observations.h"
#include "analysis/report/environment.h"
#include "analysis/report/json_numbers.h"
#include "lib/core/csv.h"
#include "lib/core/share_work.h"
#include "lib/core/text.h"

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

/// What a sweep varied, and the settings of every group. They are the plan's: a
/// result may be older than an axis that the sweep got since.
class Variants {
 public:
  explicit Variants(const Plan& plan) {
    for (const RunGroup& group : plan.groups) {
      of_group_[group.id] = group.variant;
    }
    if (!plan.groups.empty()) first_ = plan.groups.front().variant;
  }

  const Json& Of(const RunResult& run) const {
    const auto found = of_group_.find(run.group);
    return found == of_group_.end() ? first_ : found->second;
  }

  /// ",model.position", as cells of a header.
  std::string Header() const {
    std::string cells;
    for (const auto& setting : first_.items()) {
      cells += "," + CsvCell(setting.key());
    }
    return cells;
  }

  std::string CellsOf(const RunResult& run) const {
    std::string cells;
    for (const auto& setting : Of(run).items()) {
      const Json& value = setting.value();
      cells += "," + CsvCell(value.is_string() ? value.get<std::string>()
                                               : value.dump());
    }
    return cells;
  }

 private:
  std::map<std::string, Json> of_group_;
  Json first_ = Json::object();
};

std::string CsvRowOf(const RunResult& run, ParamsConvention convention) {
  return fmt::format(
      "{},{},{},{},{},{},{},{},{},{},{},{},{},{}", ParamsOf(run, convention),
      run.tokens, *run.loss, run.flops, Cell(run.budget_flops), run.seed,
      CsvCell(run.group), Cell(run.loss_std_error), run.params_total,
      run.params_non_embedding, NameOf(run.loss_unit),
      run.unique_tokens ? fmt::format("{}", *run.unique_tokens) : "",
      Cell(run.epochs), Cell(run.bytes_per_token));
}

/// results.json without its runs.
Json FrameJson(const SweepResults& results) {
  Json json{{"schema", kResultsSchema},
            {"sweep", results.sweep},
            {"totals", TotalsJson(results)},
            {"runs", Json::array()},
            {"allocations", Json::array()}};
  if (results.fit) {
    json["fits"] = *results.fit;
    json["allocations"] = results.fit->value("allocations", Json::array());
  }
  json["environment"] = EnvironmentJson(results.runs);
  return json;
}

// At this indentation there is no other key of the name.
constexpr std::string_view kNoRuns = "\n  \"runs\": []";

/// A run as it stands among the others.
std::string IndentedRecord(const RunResult& run) {
  const std::string record = ReadableText(ToJson(run));
  std::string text;
  text.reserve(2 * record.size());
  for (const TextLine& line : NonBlankLines(record)) {
    text.append("\n    ").append(line.text);
  }
  return text;
}

}  // namespace

std::vector<std::string> ResultsText(const SweepResults& results) {
  const std::string frame = ReadableText(FrameJson(results));
  if (results.runs.empty()) return {frame};
  const std::size_t runs = frame.find(kNoRuns) + kNoRuns.size() - 1;
  std::vector<std::string> parts(results.runs.size() + 2);
  parts.front() = frame.substr(0, runs);
  ShareWork(static_cast<int>(results.runs.size()), /*threads=*/0, [&] {
    return [&](int i) {
      const auto run = static_cast<std::size_t>(i);
      parts[run + 1] = (run > 0 ? "," : "") + IndentedRecord(results.runs[run]);
    };
  });
  parts.back() = "\n  " + frame.substr(runs);
  return parts;
}

std::string RunsJsonLines(const Plan& plan,
                          const std::vector<RunResult>& runs) {
  const Variants variants(plan);
  std::string lines;
  for (const RunResult& run : runs) {
    Json record = ToJson(run);
    record["params"] = ParamsOf(run, plan.convention);
    record.update(variants.Of(run));
    lines += record.dump() + "\n";
  }
  return lines;
}

std::string RunsCsv(const Plan& plan, const std::vector<RunResult>& runs) {
  const Variants variants(plan);
  std::string text =
      "params,tokens,loss,flops,budget_flops,seed,group,loss_std,params_total,"
      "params_non_embedding,loss_unit,unique_tokens,epochs,"
      "bytes_per_token";
  text += variants.Header() + "\n";
  for (const RunResult& run : runs) {
    if (run.status != RunStatus::kOk || !run.loss) continue;
    text += CsvRowOf(run, plan.convention) + variants.CellsOf(run) + "\n";
  }
  return text;
}

}  // namespace isoflop
