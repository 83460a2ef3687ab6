#include "tests/coverage/shown.h"

#include "analysis/fit/fit.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

FitReport FitAll(const std::vector<Observation>& runs, int resamples, int set) {
  FitOptions options;
  options.bootstrap.resamples = resamples;
  options.bootstrap.seed = 1000U + static_cast<unsigned>(set);
  return FitScalingLaws(MakeSet(runs), options);
}

struct NamedEstimate {
  const char* name;
  const Estimate* estimate;  // null: not determined
};

template <typename Fit>
const Estimate* Of(const Fit& fit, Estimate Fit::*estimate) {
  return fit.status == FitStatus::kOk ? &(fit.*estimate) : nullptr;
}

std::vector<NamedEstimate> ExponentsOf(const FitReport& report) {
  const KaplanFit& kaplan = *report.kaplan;
  return {
      {"Approach 1, a", Of(*report.envelope, &EnvelopeFit::a)},
      {"Approach 2, a", Of(*report.isoflop, &IsoflopFit::a)},
      {"L(N)", Of(kaplan.L_N, &KaplanCurve::exponent)},
      {"L(N) with E", Of(kaplan.L_N.with_offset, &KaplanOffsetCurve::exponent)},
      {"L(D)", Of(kaplan.L_D, &KaplanCurve::exponent)},
      {"L(D) with E", Of(kaplan.L_D.with_offset, &KaplanOffsetCurve::exponent)},
      {"L(C)", Of(kaplan.L_C, &KaplanCurve::exponent)},
      {"L(C) with E", Of(kaplan.L_C.with_offset, &KaplanOffsetCurve::exponent)},
      {"L(N, D), alpha_N", Of(kaplan.joint, &KaplanJointFit::alpha_N)},
      {"L(N, D), alpha_D", Of(kaplan.joint, &KaplanJointFit::alpha_D)},
      {"L(N, D) with E, alpha_N",
       Of(kaplan.joint_with_offset, &KaplanJointFit::alpha_N)},
      {"L(N, D) with E, alpha_D",
       Of(kaplan.joint_with_offset, &KaplanJointFit::alpha_D)}};
}

}  // namespace

std::vector<ShownExponent> CoverShown(const Design& design, int sets,
                                      int resamples) {
  const FitReport exact = FitAll(design.runs, 0, 0);
  std::vector<ShownExponent> shown;
  for (const NamedEstimate& number : ExponentsOf(exact)) {
    shown.push_back({.name = number.name});
    if (number.estimate != nullptr) shown.back().truth = number.estimate->value;
  }
  for (int set = 0; set < sets; ++set) {
    const FitReport report = FitAll(
        NoisyRuns(design, static_cast<std::uint64_t>(set)), resamples, set);
    const auto numbers = ExponentsOf(report);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (numbers[i].estimate == nullptr || shown[i].truth == 0.0) continue;
      if (!numbers[i].estimate->spread) continue;
      const auto [low, high] = numbers[i].estimate->spread->interval95;
      ++shown[i].sets;
      shown[i].hits += low <= shown[i].truth && shown[i].truth <= high ? 1 : 0;
    }
  }
  return shown;
}

}  // namespace isoflop
