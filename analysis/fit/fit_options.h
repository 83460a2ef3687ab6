// What a person may choose about a fit.

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/fit/observation.h"
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
  kFarseer,
  kBrokenPowerLaw,
  kPower
};

constexpr std::array<NamedValue<LawKind>, 9> EnumNames(LawKind) {
  return {{{LawKind::kChinchilla, "chinchilla"},
           {LawKind::kIsoflop, "isoflop"},
           {LawKind::kEnvelope, "envelope"},
           {LawKind::kKaplan, "kaplan"},
           {LawKind::kRepeatedData, "repeated_data"},
           {LawKind::kOvertraining, "overtraining"},
           {LawKind::kFarseer, "farseer"},
           {LawKind::kBrokenPowerLaw, "broken_power_law"},
           {LawKind::kPower, "power"}}};
}

/// How a residual r is penalised. See penalty.h for the formulas.
enum class LossKind { kHuber, kLad, kL2, kStudentT };

constexpr std::array<NamedValue<LossKind>, 4> EnumNames(LossKind) {
  return {{{LossKind::kHuber, "huber"},
           {LossKind::kLad, "lad"},
           {LossKind::kL2, "l2"},
           {LossKind::kStudentT, "student_t"}}};
}

/// kLog: r = ln L_predicted - ln L. kRaw: r = L_predicted - L.
enum class ResidualKind { kLog, kRaw };

constexpr std::array<NamedValue<ResidualKind>, 2> EnumNames(ResidualKind) {
  return {{{ResidualKind::kLog, "log"}, {ResidualKind::kRaw, "raw"}}};
}

/// What the bootstrap draws. Runs of one trunk share its noise, so a group is
/// the honest unit where there are groups.
enum class ResampleUnit { kRun, kGroup };

constexpr std::array<NamedValue<ResampleUnit>, 2> EnumNames(ResampleUnit) {
  return {{{ResampleUnit::kRun, "run"}, {ResampleUnit::kGroup, "group"}}};
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

/// The coefficients of L = E + A/N^alpha + B/D^beta, in the order in which
/// everything counts them.
inline constexpr std::array<const char*, 5> kChinchillaCoefficients = {
    "E", "A", "B", "alpha", "beta"};

/// Approach 3 minimises sum_i weight_i rho(r_i): a sum, not a mean.
struct ObjectiveOptions {
  LossKind loss = LossKind::kHuber;
  double delta = 1e-3;  // where Huber turns linear; Hoffmann et al. 2022
  ResidualKind residual = ResidualKind::kLog;
  bool tied_exponents = false;  // alpha = beta

  /// Coefficients that are given instead of fitted, by their names: N in
  /// parameters, D in tokens and L in nats.
  std::map<std::string, double> fixed = {};
};

/// Fewer resamples have no 2.5 and 97.5 percentiles to speak of: the command
/// line takes no fewer.
inline constexpr int kFewestResamples = 40;

struct BootstrapOptions {
  int resamples = 1000;              // 0: none
  std::optional<ResampleUnit> unit;  // absent: kGroup where there are groups
  std::uint64_t seed = 0;
  int threads = 0;  // 0 or more than cores: one per core. Only the time differs
};

struct FitOptions {
  std::vector<LawKind> laws = {LawKind::kChinchilla, LawKind::kIsoflop,
                               LawKind::kEnvelope, LawKind::kKaplan};
  std::optional<ParamsKind> params;  // absent: N as the observations have it
  ObjectiveOptions objective;
  EnvelopeSource envelope = EnvelopeSource::kFinal;
  IsoflopCurve isoflop_curve = IsoflopCurve::kParabola;
  WeightKind weights = WeightKind::kColumn;
  int drop_largest_loss = 0;  // how many of the worst runs to leave out
  BootstrapOptions bootstrap;
  std::optional<double> holdout_above;  // FLOPs: fit below, predict above
  std::optional<double> seed_noise;     // nats; absent: from repeated seeds
  std::vector<double> budgets_flops;    // to allocate; empty: DefaultBudgets
};

/// Throws Error with everything that is out of range, each by its name on the
/// command line ("--delta: must be above 0, got -1").
void Validate(const FitOptions& options);

}  // namespace isoflop
