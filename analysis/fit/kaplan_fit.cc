#include "analysis/fit/kaplan_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "analysis/fit/envelope_fit.h"
#include "analysis/fit/power_law_fit.h"
#include "analysis/laws/kaplan.h"

namespace isoflop {
namespace {

constexpr std::size_t kFewestValues = 3;
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

bool Same(double a, double b) { return std::abs(a - b) <= 1e-9 * b; }

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
  std::ranges::sort(values);
  const auto repeated = std::ranges::unique(values, Same);
  values.erase(repeated.begin(), repeated.end());
  if (values.size() < kFewestValues) {
    return fmt::format(
        "these runs have {} different values of the variable: "
        "at least {} are needed",
        values.size(), kFewestValues);
  }
  if (values.back() < kLeastRange * values.front()) {
    return fmt::format(
        "the variable spans a factor of {:.2g} in these runs: "
        "at least {} is needed",
        values.back() / values.front(), kLeastRange);
  }
  return {};
}

double RmsLogResidual(const KaplanLaw& law,
                      const std::vector<WeightedPoint>& points) {
  double squares = 0.0;
  double weights = 0.0;
  for (const WeightedPoint& p : points) {
    const double r = std::log(Loss(law, p.x) / p.y);
    squares += p.weight * r * r;
    weights += p.weight;
  }
  return std::sqrt(squares / weights);
}

KaplanCurve FitCurve(std::span<const Observation> observations,
                     std::span<const double> counts,
                     std::vector<std::size_t> runs,
                     double Observation::*variable) {
  KaplanCurve curve;
  curve.runs = std::move(runs);
  std::vector<WeightedPoint> points;
  points.reserve(curve.runs.size());
  for (const std::size_t i : curve.runs) {
    const Observation& o = observations[i];
    const double count = counts.empty() ? 1.0 : counts[i];
    points.push_back({o.*variable, o.L, count * o.weight});
  }
  curve.reason = RangeComplaint(points);
  if (!curve.reason.empty()) return curve;
  const auto power = FitPowerLaw(points);
  if (!power || !(power->exponent < 0.0)) {
    curve.reason = "the loss of these runs does not fall";
    return curve;
  }
  const KaplanLaw law = ToKaplan(*power);
  curve.status = FitStatus::kOk;
  curve.scale.value = law.scale;
  curve.exponent.value = law.exponent;
  curve.rms_log_residual = RmsLogResidual(law, points);
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

}  // namespace

bool KaplanFit::supported() const {
  return L_N.status == FitStatus::kOk || L_D.status == FitStatus::kOk ||
         L_C.status == FitStatus::kOk;
}

KaplanFit FitKaplan(std::span<const Observation> observations,
                    const std::optional<Chinchilla>& surface,
                    std::span<const double> counts) {
  KaplanFit fit;
  fit.L_N = FitLimited(observations, counts, surface, kSize);
  fit.L_D = FitLimited(observations, counts, surface, kData);
  const auto envelope = LowerEnvelope(observations, counts);
  fit.L_C = FitCurve(observations, counts, envelope, &Observation::C);
  fit.L_C.selection = fmt::format(
      "{} runs on the lower envelope: of each budget the lowest loss, unless "
      "a smaller budget reached it",
      envelope.size());
  return fit;
}

}  // namespace isoflop
