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

TrainingCurve CurveOf(const RunGroup& group, bool trunk) {
  TrainingCurve curve;
  curve.group = group.id;
  curve.trunk = trunk;
  curve.N = static_cast<double>(Count(group.params, group.convention));
  curve.params_total = static_cast<double>(group.params.total);
  curve.params_non_embedding = static_cast<double>(group.params.non_embedding);
  return curve;
}

void Keep(TrainingCurve curve, std::vector<TrainingCurve>* curves) {
  if (!curve.points.empty()) curves->push_back(std::move(curve));
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
      TrainingCurve branch = CurveOf(group, false);
      const auto start =
          static_cast<double>(run.branch_step * group.training.batch_tokens);
      branch.points = PointsOf(dir.run(run.id) / "metrics.jsonl", start);
      Keep(std::move(branch), &curves);
    }
    if (!any) continue;
    TrainingCurve trunk = CurveOf(group, true);
    trunk.points = PointsOf(dir.group(group.id) / "metrics.jsonl", 0.0);
    Keep(std::move(trunk), &curves);
  }
  return curves;
}

}  // namespace isoflop
