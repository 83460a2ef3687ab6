#include "analysis/report/runs_json.h"

#include <cmath>
#include <map>
#include <optional>

#include "analysis/observe/budgets.h"
#include "analysis/report/json_numbers.h"
#include "lib/core/transformed.h"
#include "lib/numeric/thinned.h"

namespace isoflop {
namespace {

/// A profile is of its budget if their FLOPs differ by no more: runs that are
/// left out move the mean of a budget that has no nominal one.
constexpr double kSameBudget = 0.05;

/// Which budget of Approach 2 a run is of, by the run's index.
std::map<std::size_t, std::size_t> BudgetsOfRuns(const FitReport& report) {
  std::map<std::size_t, std::size_t> budgets;
  if (!report.isoflop) return budgets;
  const auto profiles =
      Transformed(report.isoflop->budgets, &IsoflopBudget::flops);
  for (const Budget& budget : GroupByBudget(report.used).budgets) {
    const auto profile = NearestBudget(profiles, budget.flops, kSameBudget);
    if (!profile) continue;
    for (const std::size_t run : budget.runs) budgets[run] = *profile;
  }
  for (const std::size_t run : report.isoflop->left_aside) budgets.erase(run);
  return budgets;
}

}  // namespace

Json FittedRunsJson(const FitReport& report) {
  std::vector<double> log_C;
  std::vector<double> loss;
  for (const Observation& run : report.used) {
    log_C.push_back(std::log(run.C));
    loss.push_back(run.L);
  }
  const auto budgets = BudgetsOfRuns(report);
  Json rows = Json::array();
  for (const std::size_t i : ThinPoints(log_C, loss, kMostRuns)) {
    const Observation& run = report.used[i];
    Json row{{"run", i}};
    PutNumber(&row, "params", run.N);
    PutNumber(&row, "tokens", run.D);
    PutNumber(&row, "flops", run.C);
    PutNumber(&row, "loss", run.L);
    PutNumber(&row, "loss_std", run.loss_std);
    const auto budget = budgets.find(i);
    if (budget != budgets.end()) row["budget"] = budget->second;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace isoflop
