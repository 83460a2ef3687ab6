#include "analysis/fit/holdout.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace isoflop {
namespace {

void SetErrors(std::span<const Observation> held_out, Holdout* holdout) {
  const auto count = static_cast<double>(held_out.size());
  double squares = 0.0;
  for (const Observation& o : held_out) {
    const double error = Loss(holdout->law, o.N, o.D) - o.L;
    squares += error * error / count;
    holdout->mean_error += error / count;
    holdout->mean_absolute_error += std::abs(error) / count;
    holdout->max_absolute_error =
        std::max(holdout->max_absolute_error, std::abs(error));
  }
  holdout->rms_error = std::sqrt(squares);
}

}  // namespace

Holdout HoldOut(std::span<const Observation> observations, double above_flops,
                const ObjectiveOptions& options) {
  std::vector<Observation> fitted;
  std::vector<Observation> held_out;
  for (const Observation& o : observations) {
    (o.C > above_flops ? held_out : fitted).push_back(o);
  }
  Holdout holdout;
  holdout.above_flops = above_flops;
  holdout.fitted = static_cast<int>(fitted.size());
  holdout.held_out = static_cast<int>(held_out.size());
  if (held_out.empty()) {
    holdout.reason = "no run has more compute than that";
    return holdout;
  }
  const ChinchillaFit fit = FitChinchilla(fitted, options);
  holdout.reason = fit.reason;
  if (fit.status != FitStatus::kOk) return holdout;
  holdout.status = FitStatus::kOk;
  holdout.law = fit.law;
  holdout.certificate = fit.certificate;
  SetErrors(held_out, &holdout);
  return holdout;
}

}  // namespace isoflop
