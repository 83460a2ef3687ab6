#include "analysis/fit/kaplan_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/fit/envelope_fit.h"
#include "analysis/fit/floor_fit.h"
#include "analysis/laws/kaplan.h"
#include "analysis/observe/law_run.h"
#include "analysis/regress/span_support.h"
#include "analysis/solve/limits.h"
#include "lib/core/transformed.h"
#include "lib/numeric/least_squares.h"
#include "lib/numeric/student_t.h"

namespace isoflop {
namespace {

constexpr double kLeastVariableRange = 4.0;

/// L(N) is about the variable N and wants the most of the other, D; and the
/// other way round.
struct Variable {
  double Observation::*limiting;
  double Observation::*ample;
  const char* limiting_term;  // of Approach 3, in words
  const char* ample_term;
};

constexpr Variable kSize{&Observation::N, &Observation::D, "A/N^alpha",
                         "B/D^beta"};
constexpr Variable kData{&Observation::D, &Observation::N, "B/D^beta",
                         "A/N^alpha"};

bool LimitedBy(const Variable& variable, const Chinchilla& surface,
               const Observation& o) {
  const double size = surface.A * std::pow(o.N, -surface.alpha);
  const double data = surface.B * std::pow(o.D, -surface.beta);
  const bool by_size = variable.limiting == &Observation::N;
  return by_size ? data <= kMinorTermShare * size
                 : size <= kMinorTermShare * data;
}

/// The runs of each value of a quantity, in ascending order.
std::vector<std::vector<std::size_t>> RunsByValue(
    std::span<const Observation> observations, double Observation::*quantity) {
  const auto values = ValuesOf(observations, quantity);
  const auto classes = ClassesOf(values);
  std::vector<std::vector<std::size_t>> runs(std::ranges::max(classes) + 1);
  for (const std::size_t i :
       OrderBy(values.size(), [&](std::size_t k) { return values[k]; })) {
    runs[classes[i]].push_back(i);
  }
  return runs;
}

/// Of each value of the limiting variable the drawn runs with the most of the
/// ample one: several when it was repeated.
std::vector<std::size_t> MostAmple(std::span<const Observation> observations,
                                   std::span<const double> counts,
                                   const KaplanRuns& runs,
                                   const Variable& variable) {
  std::vector<std::size_t> chosen;
  const bool of_size = variable.limiting == &Observation::N;
  for (const auto& alike : of_size ? runs.of_size : runs.of_data) {
    double most = 0.0;
    for (const std::size_t i : alike) {
      if (TimesDrawn(counts, i) == 0.0) continue;
      most = std::max(most, observations[i].*variable.ample);
    }
    std::ranges::copy_if(alike, std::back_inserter(chosen), [&](std::size_t i) {
      return TimesDrawn(counts, i) != 0.0 &&
             !IsBelow(observations[i].*variable.ample, most);
    });
  }
  return chosen;
}

const char* SymbolOf(double Observation::*variable) {
  if (variable == &Observation::N) return "N";
  return variable == &Observation::D ? "D" : "C";
}

std::string RangeComplaint(const std::vector<WeightedPoint>& points,
                           double Observation::*variable) {
  const char* name = SymbolOf(variable);
  const std::vector<double> values = Transformed(points, &WeightedPoint::x);
  const std::size_t distinct = CountDistinct(values);
  if (distinct == 0) {
    return fmt::format("there is no run for this law: it takes {} different {}",
                       kFewestValues, name);
  }
  if (distinct < kFewestValues) {
    return fmt::format(
        "these runs have only {} different {}: at least {} are needed",
        distinct, name, kFewestValues);
  }
  const auto [low, high] = std::ranges::minmax(values);
  if (high < kLeastVariableRange * low) {
    return fmt::format(
        "{} ranges over a factor of only {:.2g} in these runs: at least {} is "
        "needed",
        name, high / low, kLeastVariableRange);
  }
  return {};
}

std::vector<WeightedPoint> PointsOf(std::span<const Observation> observations,
                                    std::span<const double> counts,
                                    const std::vector<std::size_t>& runs,
                                    double Observation::*variable) {
  return Transformed(runs, [&](std::size_t i) {
    const Observation& o = observations[i];
    return WeightedPoint{o.*variable, o.L, TimesDrawn(counts, i) * o.weight};
  });
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

void FitWithOffset(const std::vector<WeightedPoint>& points,
                   KaplanOffsetCurve* curve) {
  const auto fit = FitFloorLaw(points);
  if (!fit) {
    curve->reason =
        "a law with E needs runs at four different sizes, lengths or budgets, "
        "and a loss that falls as a power, not as a step";
    return;
  }
  curve->status = FitStatus::kOk;
  curve->E.value = fit->floor;
  curve->scale.value = fit->scale;
  curve->exponent.value = fit->exponent;
  curve->rms_log_residual = fit->rms_log_residual;
  curve->certificate = fit->certificate;
}

KaplanCurve FitCurve(std::span<const Observation> observations,
                     std::span<const double> counts,
                     std::vector<std::size_t> runs,
                     double Observation::*variable) {
  KaplanCurve curve;
  curve.runs = std::move(runs);
  const auto points = PointsOf(observations, counts, curve.runs, variable);
  curve.reason = RangeComplaint(points, variable);
  if (curve.reason.empty()) FitWithOffset(points, &curve.with_offset);
  const auto line = curve.reason.empty() ? FitLogLine(points) : std::nullopt;
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
  curve.rms_log_residual =
      RootMeanSquare(Transformed(points, [&](const WeightedPoint& p) {
        const double predicted = std::exp(line->At(std::log(p.x)));
        return WeightedResidual{std::log(predicted / p.y), p.weight};
      }));
  return curve;
}

KaplanCurve FitLimited(std::span<const Observation> observations,
                       std::span<const double> counts, const KaplanRuns& all,
                       const std::optional<Chinchilla>& surface,
                       const Variable& variable) {
  if (!surface) {
    KaplanCurve curve;
    curve.reason =
        "Approach 3 has no law by which to tell what limits each run";
    curve.with_offset.reason = curve.reason;
    return curve;
  }
  std::vector<std::size_t> runs =
      MostAmple(observations, counts, all, variable);
  const std::size_t ample = runs.size();
  std::erase_if(runs, [&](std::size_t i) {
    return !LimitedBy(variable, *surface, observations[i]);
  });
  KaplanCurve curve =
      FitCurve(observations, counts, std::move(runs), variable.limiting);
  curve.selection = fmt::format(
      "{} of {} runs that are the longest of their size or the largest of "
      "their length: those with {} at most {} of {}",
      curve.runs.size(), ample, variable.ample_term, kMinorTermShare,
      variable.limiting_term);
  return curve;
}

/// Why runs of the lower envelope say nothing of the least loss at each C: they
/// are of one size, or have one D, so that C is only D or N by another name.
std::string LackOfFrontier(std::span<const Observation> observations,
                           const std::vector<std::size_t>& envelope) {
  const auto frontier =
      Transformed(envelope, [&](std::size_t i) { return observations[i]; });
  const std::vector<LawRun> runs = RunsOf(frontier);
  if (runs.empty()) return {};
  if (!LackOfSpan(runs, &LawRun::N, "N").empty()) {
    return "the runs on the lower envelope are all of one size, so that they "
           "show a law of D, not of C";
  }
  if (!LackOfSpan(runs, &LawRun::D, "D").empty()) {
    return "the runs on the lower envelope all have one D, so that they show a "
           "law of N, not of C";
  }
  return {};
}

KaplanCurve FitEnvelopeCurve(std::span<const Observation> observations,
                             std::span<const Budget> ladder,
                             std::span<const double> counts) {
  const auto envelope = LowerEnvelope(observations, ladder, counts);
  KaplanCurve curve;
  curve.runs = Transformed(envelope, &EnvelopePoint::run);
  curve.reason = curve.with_offset.reason =
      LackOfFrontier(observations, curve.runs);
  if (curve.reason.empty()) {
    curve =
        FitCurve(observations, counts, std::move(curve.runs), &Observation::C);
  }
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

KaplanRuns KaplanRunsOf(std::span<const Observation> observations) {
  return {Ladder(observations), RunsByValue(observations, &Observation::N),
          RunsByValue(observations, &Observation::D)};
}

KaplanFit FitKaplanCurves(std::span<const Observation> observations,
                          const KaplanRuns& runs,
                          const std::optional<Chinchilla>& surface,
                          std::span<const double> counts) {
  KaplanFit fit;
  fit.L_N = FitLimited(observations, counts, runs, surface, kSize);
  fit.L_D = FitLimited(observations, counts, runs, surface, kData);
  fit.L_C = FitEnvelopeCurve(observations, runs.ladder, counts);
  return fit;
}

KaplanFit FitKaplan(std::span<const Observation> observations,
                    const std::optional<Chinchilla>& surface) {
  KaplanFit fit =
      FitKaplanCurves(observations, KaplanRunsOf(observations), surface);
  fit.joint = FitKaplanJoint(observations, JointOffset::kNone);
  fit.joint_with_offset = FitKaplanJoint(observations, JointOffset::kFitted);
  return fit;
}

}  // namespace isoflop
