#include "analysis/observe/sweep_curves.h"

#include <cmath>
#include <filesystem>
#include <set>
#include <string>

#include "lib/record/metrics.h"

namespace isoflop {
namespace {

/// `start`: the tokens trained on before the first line.
std::vector<CurvePoint> PointsOf(const std::filesystem::path& metrics,
                                 double start) {
  std::vector<CurvePoint> points;
  double before = start;
  for (const MetricsLine& line : ReadMetrics(metrics)) {
    const auto tokens = static_cast<double>(line.tokens);
    const bool usable = tokens > before && std::isfinite(line.train_loss) &&
                        line.train_loss > 0.0;
    if (usable) points.push_back({0.5 * (before + tokens), line.train_loss});
    before = tokens;
  }
  return points;
}

/// Adds the curve of a trunk or a branch, unless it has no point.
void Add(const RunGroup& group, bool trunk,
         const std::filesystem::path& directory, double start,
         std::vector<TrainingCurve>* curves) {
  auto points = PointsOf(directory / "metrics.jsonl", start);
  if (points.empty()) return;
  curves->push_back(
      {.group = group.id,
       .trunk = trunk,
       .N = static_cast<double>(Count(group.params, group.convention)),
       .params_total = static_cast<double>(group.params.total),
       .params_non_embedding = static_cast<double>(group.params.non_embedding),
       .bytes_per_token = group.bytes_per_token,
       .points = std::move(points)});
}

}  // namespace

std::vector<TrainingCurve> SweepCurves(const SweepDir& dir, const Plan& plan,
                                       const std::vector<RunResult>& results) {
  std::set<std::string> ended_well;
  for (const RunResult& result : results) {
    if (result.status == RunStatus::kOk) ended_well.insert(result.id);
  }
  std::vector<TrainingCurve> curves;
  for (const RunGroup& group : plan.groups) {
    bool any = false;
    for (const PlannedRun& run : group.runs) {
      if (!ended_well.contains(run.id)) continue;
      any = true;
      const auto start =
          static_cast<double>(run.branch_step * group.training.batch_tokens);
      Add(group, false, dir.run(run.id), start, &curves);
    }
    if (any) Add(group, true, dir.group(group.id), 0.0, &curves);
  }
  return curves;
}

}  // namespace isoflop
