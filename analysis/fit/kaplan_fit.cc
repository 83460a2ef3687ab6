#include "analysis/fit/kaplan_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "analysis/fit/envelope_fit.h"
#include "analysis/fit/floor_fit.h"
#include "analysis/fit/limits.h"
#include "analysis/fit/power_law_fit.h"
#include "analysis/laws/kaplan.h"

namespace isoflop {
namespace {

constexpr double kLeastRange = 4.0;

/// L(N) is about the variable N and wants the most of the other, D; and the
/// other way round.
struct Variable {
  double Observation::*limiting;
  double Observation::*ample;
};

constexpr Variable kSize{&Observation::N, &Observation::D};
constexpr Variable kData{&Observation::D, &Observation::N};

bool LimitedBy(const Variable& variable, const Chinchilla& surface,
               const Observation& o) {
  const double size = surface.A * std::pow(o.N, -surface.alpha);
  const double data = surface.B * std::pow(o.D, -surface.beta);
  const bool by_size = variable.limiting == &Observation::N;
  return by_size ? data <= kMinorTermShare * size
                 : size <= kMinorTermShare * data;
}

bool Same(double a, double b) { return !IsBelow(a, b) && !IsBelow(b, a); }

/// Cuts `sorted` where the values stop being the same.
std::vector<std::vector<std::size_t>> GroupsOf(
    std::span<const Observation> observations,
    const std::vector<std::size_t>& sorted, double Observation::*value) {
  std::vector<std::vector<std::size_t>> groups;
  for (const std::size_t i : sorted) {
    if (groups.empty() || !Same(observations[groups.back().front()].*value,
                                observations[i].*value)) {
      groups.emplace_back();
    }
    groups.back().push_back(i);
  }
  return groups;
}

/// Of each value of the limiting variable the drawn runs with the most of the
/// ample one: several when it was repeated.
std::vector<std::size_t> MostAmple(std::span<const Observation> observations,
                                   std::span<const double> counts,
                                   const Variable& variable) {
  std::vector<std::size_t> drawn;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    if (counts.empty() || counts[i] > 0.0) drawn.push_back(i);
  }
  std::ranges::stable_sort(drawn, {}, [&](std::size_t i) {
    return observations[i].*variable.limiting;
  });
  const auto ample = [&](std::size_t i) {
    return observations[i].*variable.ample;
  };
  std::vector<std::size_t> chosen;
  for (const auto& group : GroupsOf(observations, drawn, variable.limiting)) {
    const double most = ample(std::ranges::max(group, {}, ample));
    std::ranges::copy_if(group, std::back_inserter(chosen),
                         [&](std::size_t i) { return Same(ample(i), most); });
  }
  return chosen;
}

std::string RangeComplaint(const std::vector<WeightedPoint>& points) {
  std::vector<double> values;
  values.reserve(points.size());
  for (const WeightedPoint& p : points) values.push_back(p.x);
  const std::size_t distinct = CountDistinct(values);
  if (distinct < kFewestValues) {
    return fmt::format(
        "these runs have {} different values of the variable: "
        "at least {} are needed",
        distinct, kFewestValues);
  }
  const auto [low, high] = std::ranges::minmax(values);
  if (high < kLeastRange * low) {
    return fmt::format(
        "the variable spans a factor of {:.2g} in these runs: "
        "at least {} is needed",
        high / low, kLeastRange);
  }
  return {};
}

/// Returns the weighted rms of the residuals ln law(x) - ln y.
template <typename Law>
double RmsLogResidual(const Law& law,
                      const std::vector<WeightedPoint>& points) {
  double squares = 0.0;
  double weights = 0.0;
  for (const WeightedPoint& p : points) {
    const double r = std::log(law(p.x) / p.y);
    squares += p.weight * r * r;
    weights += p.weight;
  }
  return std::sqrt(squares / weights);
}

std::vector<WeightedPoint> PointsOf(std::span<const Observation> observations,
                                    std::span<const double> counts,
                                    const std::vector<std::size_t>& runs,
                                    double Observation::*variable) {
  std::vector<WeightedPoint> points;
  points.reserve(runs.size());
  for (const std::size_t i : runs) {
    const Observation& o = observations[i];
    const double count = counts.empty() ? 1.0 : counts[i];
    points.push_back({o.*variable, o.L, count * o.weight});
  }
  return points;
}

/// Returns (scale / x)^alpha through exp(log_term) at ln x = mean_log_x,
/// falling as x^exponent; nothing when its scale is too large or small for a
/// number.
std::optional<KaplanLaw> LawThrough(double mean_log_x, double log_term,
                                    double exponent) {
  const KaplanLaw law{.scale = std::exp(mean_log_x - log_term / exponent),
                      .exponent = -exponent};
  if (!std::isnormal(law.scale) || !std::isnormal(law.exponent)) {
    return std::nullopt;
  }
  return law;
}

constexpr const char* kNoScale =
    "the scale at which the loss would be 1 is too large or too small for a "
    "number";

void FitWithOffset(const std::vector<WeightedPoint>& points, bool certify,
                   KaplanOffsetCurve* curve) {
  const auto fit = FitFloorLaw(points, certify ? &curve->certificate : nullptr);
  if (!fit) {
    curve->reason =
        "a law with E needs four different values of the variable and a loss "
        "that falls as a power, not as a step";
    return;
  }
  const auto law = LawThrough(fit->mean_log_x, fit->log_term, fit->exponent);
  if (!law) {
    curve->reason = kNoScale;
    return;
  }
  curve->status = FitStatus::kOk;
  curve->E.value = fit->floor;
  curve->scale.value = law->scale;
  curve->exponent.value = law->exponent;
  curve->rms_log_residual =
      RmsLogResidual([&](double x) { return fit->At(x); }, points);
}

std::optional<Line> LogLine(const std::vector<WeightedPoint>& points) {
  std::vector<WeightedPoint> logs;
  logs.reserve(points.size());
  for (const WeightedPoint& p : points) {
    logs.push_back({std::log(p.x), std::log(p.y), p.weight});
  }
  return FitLine(logs);
}

KaplanCurve FitCurve(std::span<const Observation> observations,
                     std::span<const double> counts,
                     std::vector<std::size_t> runs,
                     double Observation::*variable) {
  KaplanCurve curve;
  curve.runs = std::move(runs);
  const auto points = PointsOf(observations, counts, curve.runs, variable);
  curve.reason = RangeComplaint(points);
  if (curve.reason.empty()) {
    FitWithOffset(points, counts.empty(), &curve.with_offset);
  }
  const auto line = curve.reason.empty() ? LogLine(points) : std::nullopt;
  if (!line || !(line->slope < 0.0)) {
    if (curve.reason.empty()) {
      curve.reason = "the loss of these runs does not fall";
    }
    curve.with_offset.reason = curve.reason;
    return curve;
  }
  const auto law = LawThrough(line->mean_x, line->at_mean, line->slope);
  if (!law) {
    curve.reason = kNoScale;
    return curve;
  }
  curve.status = FitStatus::kOk;
  curve.scale.value = law->scale;
  curve.exponent.value = law->exponent;
  curve.rms_log_residual = RmsLogResidual(
      [&](double x) { return std::exp(line->At(std::log(x))); }, points);
  return curve;
}

KaplanCurve FitLimited(std::span<const Observation> observations,
                       std::span<const double> counts,
                       const std::optional<Chinchilla>& surface,
                       const Variable& variable) {
  if (!surface) {
    KaplanCurve curve;
    curve.reason =
        "Approach 3 has no law by which to tell what limits each run";
    curve.with_offset.reason = curve.reason;
    return curve;
  }
  const auto ample = MostAmple(observations, counts, variable);
  std::vector<std::size_t> runs;
  for (const std::size_t i : ample) {
    if (LimitedBy(variable, *surface, observations[i])) runs.push_back(i);
  }
  const std::size_t limited = runs.size();
  KaplanCurve curve =
      FitCurve(observations, counts, std::move(runs), variable.limiting);
  const bool by_size = variable.limiting == &Observation::N;
  curve.selection = fmt::format(
      "{} of {} runs that are the longest of their size or the largest of "
      "their length: those with {} at most {} of {}",
      limited, ample.size(), by_size ? "B/D^beta" : "A/N^alpha",
      kMinorTermShare, by_size ? "A/N^alpha" : "B/D^beta");
  return curve;
}

KaplanCurve FitEnvelopeCurve(std::span<const Observation> observations,
                             std::span<const Budget> ladder,
                             std::span<const double> counts) {
  const auto envelope = LowerEnvelope(observations, ladder, counts);
  std::vector<std::size_t> runs;
  runs.reserve(envelope.size());
  for (const EnvelopePoint& point : envelope) runs.push_back(point.run);
  KaplanCurve curve =
      FitCurve(observations, counts, std::move(runs), &Observation::C);
  const auto edges =
      std::ranges::count(envelope, false, &EnvelopePoint::interior);
  curve.selection = fmt::format(
      "{} runs on the lower envelope: of each budget the lowest loss, unless "
      "a smaller budget reached it; {} of them are of the smallest or the "
      "largest size of their budget, so the loss could be lower there",
      envelope.size(), edges);
  return curve;
}

}  // namespace

bool KaplanFit::supported() const {
  return L_N.status == FitStatus::kOk || L_D.status == FitStatus::kOk ||
         L_C.status == FitStatus::kOk || joint.status == FitStatus::kOk ||
         joint_with_offset.status == FitStatus::kOk;
}

KaplanFit FitKaplan(std::span<const Observation> observations,
                    std::span<const Budget> ladder,
                    const std::optional<Chinchilla>& surface,
                    std::span<const double> counts, const JointStarts& starts) {
  KaplanFit fit;
  fit.L_N = FitLimited(observations, counts, surface, kSize);
  fit.L_D = FitLimited(observations, counts, surface, kData);
  fit.L_C = FitEnvelopeCurve(observations, ladder, counts);
  const auto joint = [&](JointOffset offset,
                         const std::optional<KaplanJoint>& start) {
    if (!counts.empty() && !start) return KaplanJointFit();
    return FitKaplanJoint(observations, offset, counts, start);
  };
  fit.joint = joint(JointOffset::kNone, starts.joint);
  fit.joint_with_offset = joint(JointOffset::kFitted, starts.joint_with_offset);
  return fit;
}

KaplanFit FitKaplan(std::span<const Observation> observations,
                    const std::optional<Chinchilla>& surface) {
  return FitKaplan(observations, Ladder(observations), surface);
}

}  // namespace isoflop
