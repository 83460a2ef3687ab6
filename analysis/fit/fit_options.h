// What a person may choose about a fit.

#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "analysis/observe/observation.h"
#include "analysis/regress/resample.h"
#include "analysis/solve/objective_options.h"
#include "lib/core/names.h"

namespace isoflop {

/// The first four are fitted unless others are asked for; kPower is two laws,
/// with and without an offset.
enum class LawKind {
  kChinchilla,
  kIsoflop,
  kEnvelope,
  kKaplan,
  kRepeatedData,
  kOvertraining,
  kCoupled,
  kFarseer,
  kBrokenPowerLaw,
  kPower
};

constexpr std::array<NamedValue<LawKind>, 10> EnumNames(LawKind) {
  return {{{LawKind::kChinchilla, "chinchilla"},
           {LawKind::kIsoflop, "isoflop"},
           {LawKind::kEnvelope, "envelope"},
           {LawKind::kKaplan, "kaplan"},
           {LawKind::kRepeatedData, "repeated_data"},
           {LawKind::kOvertraining, "overtraining"},
           {LawKind::kCoupled, "coupled"},
           {LawKind::kFarseer, "farseer"},
           {LawKind::kBrokenPowerLaw, "broken_power_law"},
           {LawKind::kPower, "power"}}};
}

/// What the lower envelope of Approach 1 is of.
enum class EnvelopeSource { kFinal, kCurves };

constexpr std::array<NamedValue<EnvelopeSource>, 2> EnumNames(EnvelopeSource) {
  return {
      {{EnvelopeSource::kFinal, "final"}, {EnvelopeSource::kCurves, "curves"}}};
}

/// What finds the lowest point of an IsoFLOP profile in Approach 2.
enum class IsoflopCurve { kParabola, kAkima };

constexpr std::array<NamedValue<IsoflopCurve>, 2> EnumNames(IsoflopCurve) {
  return {
      {{IsoflopCurve::kParabola, "parabola"}, {IsoflopCurve::kAkima, "akima"}}};
}

/// How Approach 2 finds its minima.
struct IsoflopOptions {
  IsoflopCurve curve = IsoflopCurve::kParabola;
  bool keep_flat = false;  // minima of valleys that noise could have bent count
};

/// What the penalty of a run is multiplied by, in every law.
///
///   kColumn   the weight that the observations give it; 1 without one
///   kLossStd  that times (s / s_i)^2, s_i the standard error of L over L (with
///             raw residuals of L itself) and s the geometric mean of s_i: the
///             weights of least squares, relative, so that delta keeps its size
enum class WeightKind { kColumn, kLossStd };

constexpr std::array<NamedValue<WeightKind>, 2> EnumNames(WeightKind) {
  return {
      {{WeightKind::kColumn, "column"}, {WeightKind::kLossStd, "loss_std"}}};
}

struct FitOptions {
  std::vector<LawKind> laws = {LawKind::kChinchilla, LawKind::kIsoflop,
                               LawKind::kEnvelope, LawKind::kKaplan};
  std::optional<ParamsKind> params;  // absent: N as the observations have it
  ObjectiveOptions objective;
  EnvelopeSource envelope = EnvelopeSource::kFinal;
  IsoflopOptions isoflop;
  WeightKind weights = WeightKind::kColumn;
  int drop_largest_loss = 0;  // how many of the worst runs to leave out
  BootstrapOptions bootstrap;
  std::optional<double> holdout_above;  // FLOPs: fit below, predict above
  std::optional<double> seed_noise;     // nats; absent: from repeated seeds
  std::vector<double> budgets_flops;    // to allocate; empty: DefaultBudgets
};

/// Returns whether `law` is among the laws to fit.
bool AskedFor(const FitOptions& options, LawKind law);

/// Throws Error with everything that is out of range, each by its name on the
/// command line ("--delta: must be above 0, got -1").
void Validate(const FitOptions& options);

}  // namespace isoflop
