#include "analysis/fit/experiment_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "analysis/observe/result_values.h"
#include "analysis/regress/law_models.h"
#include "lib/numeric/distributions.h"

namespace isoflop {
namespace {

constexpr double kLeastAbility = 1e-6;

bool IsAbility(AnalysisLaw law) {
  return law == AnalysisLaw::kLogistic || law == AnalysisLaw::kSkillProduct;
}

LawModel ModelOf(AnalysisLaw law, std::span<const LawRun> runs) {
  switch (law) {
    case AnalysisLaw::kPower:
      return PowerLawModel(runs);
    case AnalysisLaw::kFallingPower:
      return FallingPowerLawModel(runs);
    case AnalysisLaw::kSkillProduct:
      return SkillProductModel(runs);
    case AnalysisLaw::kLogistic:
    case AnalysisLaw::kCrossing:
    case AnalysisLaw::kEquivalent:
      break;
  }
  return LogisticModel(runs);
}

/// A number of the run itself, if `over` is such a word.
std::optional<double> SizeOrLength(std::string_view over, const RunGroup& group,
                                   const PlannedRun& run) {
  if (over == "params_total") return static_cast<double>(group.params.total);
  if (over == "params_non_embedding") {
    return static_cast<double>(group.params.non_embedding);
  }
  if (over == "d_model") return static_cast<double>(group.shape.d_model);
  if (over == "layers") return static_cast<double>(group.shape.layers);
  if (over == "tokens") return static_cast<double>(run.tokens);
  if (over == "flops") return run.flops;
  return std::nullopt;
}

/// The number at a path, or the mean of the numbers there.
std::optional<double> MeanAt(const Json& json, const std::string& path) {
  const auto numbers = NumbersAt(json, path);
  if (numbers.empty()) return std::nullopt;
  const double mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) /
                      static_cast<double>(numbers.size());
  if (!std::isfinite(mean)) return std::nullopt;
  return mean;
}

std::optional<double> XOf(const std::string& over, const RunGroup& group,
                          const PlannedRun& run, const Json& result) {
  if (const auto own = SizeOrLength(over, group, run)) return own;
  const Json setting = group.variant.value(over, Json());
  if (setting.is_number()) return setting.get<double>();
  return MeanAt(result, over);
}

/// Whether sizes of one width and depth differ in their heads.
bool HeadsDiffer(const Plan& plan) {
  std::map<std::string, std::int64_t> heads;  // by all that is not heads
  return std::ranges::any_of(plan.groups, [&](const RunGroup& group) {
    const std::string size =
        fmt::format("{} {} {}", group.shape.d_model, group.shape.layers,
                    group.variant.dump());
    const auto at = heads.try_emplace(size, group.shape.heads).first;
    return at->second != group.shape.heads;
  });
}

bool IsSize(const std::string& over) {
  return over.starts_with("params_") || over == "d_model" || over == "layers";
}

/// What a run shares with the others of its curve. Over C, and over a number of
/// a probe, one curve goes through all sizes and lengths.
Json CommonOf(const std::string& over, const RunGroup& group,
              const PlannedRun& run, bool heads_differ) {
  Json common = group.variant;
  common.erase(over);
  const bool axis = group.variant.contains(over);
  if (axis || over == "tokens" || over == "layers") {
    common["d_model"] = group.shape.d_model;
  }
  if (axis || over == "tokens" || over == "d_model") {
    common["layers"] = group.shape.layers;
  }
  if (heads_differ && (axis || over == "tokens" || IsSize(over))) {
    common["heads"] = group.shape.heads;
  }
  if ((axis || IsSize(over)) && run.budget_flops) {
    common["budget_flops"] = *run.budget_flops;
  } else if (axis || IsSize(over)) {
    common["tokens"] = run.tokens;
  }
  return common;
}

std::optional<SeriesPoint> PointOf(const AnalysisRequest& request,
                                   const RunGroup& group, const PlannedRun& run,
                                   const Json& result) {
  const auto x = XOf(request.over, group, run, result);
  auto y = MeanAt(result, request.value);
  if (!x || !y || *x <= 0.0) return std::nullopt;
  SeriesPoint point{.x = *x, .y = *y};
  if (request.law == AnalysisLaw::kCrossing) {
    const auto* path = std::get_if<std::string>(&request.passes);
    point.passes = path == nullptr ? std::get<double>(request.passes)
                                   : MeanAt(result, *path);
    if (!point.passes) return std::nullopt;
  } else if (IsAbility(request.law)) {
    if (*y < 0.0) return std::nullopt;
  } else if (*y <= 0.0) {
    return std::nullopt;
  }
  return point;
}

/// Runs of several seeds at one x count as their mean.
std::vector<SeriesPoint> MeansAtX(const std::vector<SeriesPoint>& points) {
  std::vector<SeriesPoint> means;
  for (std::size_t i = 0; i < points.size();) {
    SeriesPoint sum{.x = points[i].x, .y = 0.0, .passes = 0.0};
    std::size_t end = i;
    for (; end < points.size() && points[end].x == points[i].x; ++end) {
      sum.y += points[end].y;
      *sum.passes += points[end].passes.value_or(0.0);
    }
    const auto count = static_cast<double>(end - i);
    sum.y /= count;
    *sum.passes /= count;
    means.push_back(sum);
    i = end;
  }
  return means;
}

void FindCrossing(CurveSeries* series) {
  const auto means = MeansAtX(series->points);
  const auto above = [](const SeriesPoint& point) {
    return point.y - *point.passes;
  };
  for (std::size_t i = 1; i < means.size(); ++i) {
    const double before = above(means[i - 1]);
    const double after = above(means[i]);
    if ((before > 0.0) == (after > 0.0)) continue;
    const double way = before / (before - after);
    series->crossing = Crossing{
        .x = means[i - 1].x * std::pow(means[i].x / means[i - 1].x, way),
        .before = means[i - 1].x,
        .after = means[i].x,
        .downwards = before > 0.0};
  }
  if (series->crossing) {
    series->status = FitStatus::kOk;
  } else if (means.size() < 2) {
    series->reason = "needs two values of x";
  } else {
    series->reason = above(means.back()) > 0.0
                         ? "y never falls to the value at which it is to cross"
                         : "y never rises to the value at which it is to cross";
  }
}

void FitSeries(const AnalysisRequest& request,
               const ObjectiveOptions& objective, CurveSeries* series) {
  const bool ability = IsAbility(request.law);
  const auto run_of = [&](const SeriesPoint& point) {
    LawRun run;
    run.x = point.x;
    run.y = ability ? std::max(point.y, kLeastAbility) : point.y;
    return run;
  };
  std::vector<LawRun> fitted;
  for (const SeriesPoint& point : series->points) {
    if (!request.up_to || point.x <= *request.up_to) {
      fitted.push_back(run_of(point));
    }
  }
  if (fitted.empty()) {
    series->reason = request.up_to ? "no run has an x as small as up_to allows"
                                   : "no run has both x and y";
    return;
  }
  const LawModel model = ModelOf(request.law, fitted);
  series->law = FitLaw(model, fitted, {.objective = objective, .threads = 1});
  series->status = series->law->status;
  series->reason = series->law->reason;
  if (series->status != FitStatus::kOk) return;
  for (SeriesPoint& point : series->points) {
    if (!request.up_to || point.x <= *request.up_to) continue;
    const LawRun one[] = {run_of(point)};
    point.predicted = Predict(model, series->law->values(), one).front();
  }
}

ObjectiveOptions ObjectiveOf(const AnalysisRequest& request) {
  return {.loss = LossKind::kL2,
          .residual =
              IsAbility(request.law) ? ResidualKind::kRaw : ResidualKind::kLog,
          .fixed = request.fixed};
}

/// The x at which a curve has this y, by straight lines between the logarithms
/// of its runs; nothing beyond them.
std::optional<double> XAt(const std::vector<SeriesPoint>& curve, double y) {
  for (std::size_t i = 1; i < curve.size(); ++i) {
    const SeriesPoint& a = curve[i - 1];
    const SeriesPoint& b = curve[i];
    if (a.y == b.y || (a.y - y) * (b.y - y) > 0.0) continue;
    const double way = std::log(y / a.y) / std::log(b.y / a.y);
    return a.x * std::pow(b.x / a.x, way);
  }
  return std::nullopt;
}

void CompareSeries(const std::vector<SeriesPoint>& other, CurveSeries* series) {
  const auto curve = MeansAtX(other);
  std::vector<double> ratios;
  for (const SeriesPoint& point : MeansAtX(series->points)) {
    if (const auto x = XAt(curve, point.y)) {
      ratios.push_back(std::log(*x / point.x));
    }
  }
  if (ratios.empty()) {
    series->reason = "no run has a y that the other curve reaches";
    return;
  }
  const auto n = static_cast<double>(ratios.size());
  const double mean = std::accumulate(ratios.begin(), ratios.end(), 0.0) / n;
  double squares = 0.0;
  for (const double ratio : ratios) squares += (ratio - mean) * (ratio - mean);
  Equivalence found{.ratio = std::exp(mean),
                    .runs = static_cast<int>(ratios.size())};
  if (n > 1.0) {
    const double half =
        StudentTQuantile(0.975, n - 1.0) * std::sqrt(squares / (n - 1.0) / n);
    found.low = std::exp(mean - half);
    found.high = std::exp(mean + half);
  }
  series->equivalence = found;
  series->status = FitStatus::kOk;
}

/// Compares each curve with that which has `against` in place of its own.
void CompareAll(const Json& against, std::vector<CurveSeries>* all) {
  for (CurveSeries& series : *all) {
    const CurveSeries* other = FindPartner(*all, series, against);
    if (other != nullptr) {
      CompareSeries(other->points, &series);
    } else {
      series.reason = IsCurveOf(series, against)
                          ? "the other curves are compared with this one"
                          : "there is no other curve to compare with";
    }
  }
}

/// Results of runs that ended ok, by id.
using Results = std::map<std::string, Json>;

/// A planned run on the curve of its settings.
struct PlacedRun {
  const RunGroup* group = nullptr;
  const PlannedRun* run = nullptr;
  Json common;
};

/// Where every size has a single D of its own, D is no setting but goes along
/// with N.
void JoinOverTokens(const std::string& over, std::vector<PlacedRun>* placed) {
  if (!IsSize(over)) return;
  std::map<std::pair<std::string, double>, std::set<std::int64_t>> lengths;
  std::map<std::string, std::set<std::int64_t>> all_lengths;
  for (const PlacedRun& place : *placed) {
    if (!place.common.contains("tokens")) return;
    Json rest = place.common;
    rest.erase("tokens");
    const double x = *SizeOrLength(over, *place.group, *place.run);
    lengths[{rest.dump(), x}].insert(place.run->tokens);
    all_lengths[rest.dump()].insert(place.run->tokens);
  }
  const auto single = [](const auto& item) { return item.second.size() == 1; };
  if (!std::ranges::all_of(lengths, single) ||
      std::ranges::all_of(all_lengths, single)) {
    return;
  }
  for (PlacedRun& place : *placed) place.common.erase("tokens");
}

/// The curves of a request, with their points but without a fit.
std::vector<CurveSeries> Collect(const AnalysisRequest& request,
                                 const Plan& plan, const Results& results) {
  const bool heads_differ = HeadsDiffer(plan);
  std::vector<PlacedRun> placed;
  for (const RunGroup& group : plan.groups) {
    for (const PlannedRun& run : group.runs) {
      if (!IsRunOf(group, run, request.of)) continue;
      placed.push_back(
          {.group = &group,
           .run = &run,
           .common = CommonOf(request.over, group, run, heads_differ)});
    }
  }
  JoinOverTokens(request.over, &placed);
  std::vector<CurveSeries> all;
  for (const PlacedRun& place : placed) {
    auto series = std::ranges::find(all, place.common, &CurveSeries::of);
    if (series == all.end()) {
      all.push_back({.of = place.common,
                     .batch_tokens = place.group->training.batch_tokens});
      series = std::prev(all.end());
    }
    const auto result = results.find(place.run->id);
    if (result == results.end()) {
      ++series->missing;
    } else if (const auto point =
                   PointOf(request, *place.group, *place.run, result->second)) {
      series->points.push_back(*point);
    } else {
      ++series->left_out;
    }
  }
  return all;
}

}  // namespace

bool IsCurveOf(const CurveSeries& series, const Json& settings) {
  return std::ranges::all_of(settings.items(), [&](const auto& item) {
    const auto own = series.of.find(item.key());
    return own != series.of.end() &&
           SameSetting(item.key(), *own, item.value(), series.batch_tokens);
  });
}

const CurveSeries* FindPartner(const std::vector<CurveSeries>& all,
                               const CurveSeries& series,
                               const Json& settings) {
  Json wanted = series.of;
  wanted.update(settings);
  for (const CurveSeries& other : all) {
    if (&other != &series && other.of.size() == wanted.size() &&
        IsCurveOf(other, wanted)) {
      return &other;
    }
  }
  return nullptr;
}

std::vector<ExperimentFit> FitExperiments(
    const std::vector<AnalysisRequest>& requests, const Plan& plan,
    const std::vector<RunResult>& results) {
  Results by_run;
  for (const RunResult& result : results) {
    if (result.status == RunStatus::kOk) by_run[result.id] = ToJson(result);
  }
  std::vector<ExperimentFit> fits;
  for (const AnalysisRequest& request : requests) {
    ExperimentFit fit{.request = request,
                      .objective = ObjectiveOf(request),
                      .series = Collect(request, plan, by_run)};
    for (CurveSeries& series : fit.series) {
      std::ranges::stable_sort(series.points, {}, &SeriesPoint::x);
      if (request.law == AnalysisLaw::kCrossing) {
        FindCrossing(&series);
      } else if (request.law != AnalysisLaw::kEquivalent) {
        FitSeries(request, fit.objective, &series);
      }
    }
    if (request.law == AnalysisLaw::kEquivalent) {
      CompareAll(request.against, &fit.series);
    }
    fits.push_back(std::move(fit));
  }
  return fits;
}

}  // namespace isoflop
