#include "analysis/report/runs_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "analysis/observe/sweep_observations.h"
#include "analysis/report/number_text.h"
#include "analysis/report/text_page.h"
#include "lib/core/names.h"
#include "lib/core/text.h"
#include "lib/sweep/sizes.h"

namespace isoflop {
namespace {

using ResultsById = std::map<std::string, const RunResult*>;

/// {"model.position": "none"} as "position=none".
std::string VariantText(const Json& variant) {
  std::string text;
  for (const auto& setting : variant.items()) {
    const Json& value = setting.value();
    const std::string key = setting.key().substr(setting.key().rfind('.') + 1);
    text += fmt::format(
        "{}{}={}", text.empty() ? "" : " ", key,
        value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

/// Whether the groups of a plan differ in `property`.
template <typename Property>
bool Differ(const Plan& plan, Property property) {
  return std::ranges::any_of(plan.groups, [&](const RunGroup& group) {
    return property(group) != property(plan.groups.front());
  });
}

/// The table with only those columns that tell runs apart.
class RunsTable {
 public:
  explicit RunsTable(const Plan& plan)
      : plan_(plan),
        seeds_(Differ(plan, [](const RunGroup& g) { return g.seed; })),
        variants_(Differ(plan, [](const RunGroup& g) { return g.variant; })),
        table_(Header()) {}

  void Add(const RunGroup& group, const PlannedRun& run,
           const RunResult* result) {
    const auto N = static_cast<double>(Count(group.params, plan_.convention));
    const auto D = static_cast<double>(run.tokens);
    std::vector<std::string> row = {SizeLabel(group.shape)};
    if (variants_) row.push_back(VariantText(group.variant));
    if (seeds_) row.push_back(std::to_string(group.seed));
    row.insert(
        row.end(),
        {FormatCount(N), FormatCount(D), FormatScientific(run.flops),
         FormatNumber(D / N), LossText(result),
         result == nullptr ? "pending" : std::string(NameOf(result->status))});
    table_.AddRow(std::move(row));
  }

  const TextTable& table() const { return table_; }

 private:
  std::vector<std::string> Header() const {
    std::vector<std::string> header = {"model"};
    if (variants_) header.emplace_back("variant");
    if (seeds_) header.emplace_back("seed");
    header.insert(header.end(), {"N", "D", "C", "D/N", "loss", "status"});
    return header;
  }

  static std::string LossText(const RunResult* result) {
    if (result == nullptr || !result->loss) return "-";
    if (!result->loss_std_error) return fmt::format("{:.4f}", *result->loss);
    return fmt::format("{:.4f} +- {:.4f}", *result->loss,
                       *result->loss_std_error);
  }

  const Plan& plan_;
  bool seeds_;
  bool variants_;
  TextTable table_;
};

std::string TallyLine(const RunTally& tally) {
  std::string line = fmt::format("{} of {} runs ok", tally.ok, tally.planned);
  const auto add = [&line](int count, const char* what) {
    if (count > 0) line += fmt::format(", {} {}", count, what);
  };
  add(tally.diverged, "diverged");
  add(tally.failed, "failed");
  add(tally.pending(), "pending");
  return line;
}

std::vector<std::string> Reasons(const std::vector<RunResult>& results) {
  std::vector<std::string> reasons;
  for (const RunResult& result : results) {
    if (result.status == RunStatus::kOk) continue;
    reasons.push_back(fmt::format("{} {}: {}", result.id, NameOf(result.status),
                                  result.reason));
  }
  return reasons;
}

}  // namespace

std::string RunsText(const Plan& plan, const std::vector<RunResult>& results,
                     std::size_t width) {
  ResultsById by_id;
  for (const RunResult& result : results) by_id[result.id] = &result;
  RunsTable runs(plan);
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      const auto found = by_id.find(run.id);
      runs.Add(group, run, found == by_id.end() ? nullptr : found->second);
    }
  }
  TextPage page(width);
  page.Heading(fmt::format("Runs of {}: {}", plan.name,
                           TallyLine(Tally(plan, results))));
  page.Table(runs.table());
  page.List("Not ok", Reasons(results));
  return page.text();
}

}  // namespace isoflop
