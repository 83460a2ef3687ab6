#include "analysis/diagnose/influence.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "analysis/diagnose/residuals.h"
#include "lib/core/share_work.h"
#include "lib/numeric/moments.h"

namespace isoflop {
namespace {

constexpr double kWorstShare = 0.02;

/// The squared distances of ln N or ln D from their mean, each in standard
/// deviations.
std::vector<double> LogDistances(std::span<const Observation> observations,
                                 double Observation::*quantity) {
  std::vector<double> logs = ValuesOf(observations, quantity);
  for (double& x : logs) x = std::log(x);
  const double mean = Mean(logs);
  const double variance =
      SquaresAboutMean(logs) / static_cast<double>(logs.size());
  for (double& x : logs) {
    x = variance > 0.0 ? (x - mean) * (x - mean) / variance : 0.0;
  }
  return logs;
}

/// Refits without some of the runs. Copy it for use in a thread.
class LeaveOut {
 public:
  LeaveOut(std::span<const Observation> observations,
           const ObjectiveOptions& options, const ChinchillaFit& fit,
           double flops)
      : refits_(RefitsOf(fit, observations, options)),
        fit_(fit),
        flops_(flops),
        log_params_opt_(std::log(OptimumAt(fit.law, flops).N)),
        factors_(observations.size(), 1.0) {}

  std::optional<Influence> Without(const std::vector<std::size_t>& runs) {
    for (const std::size_t i : runs) factors_[i] = 0.0;
    const Refit refit = refits_.With(factors_);
    for (const std::size_t i : runs) factors_[i] = 1.0;
    if (!refit.coefficients) return std::nullopt;
    const Chinchilla law = ChinchillaOf(*refit.coefficients);
    return Influence{
        .runs = runs,
        .alpha = law.alpha - fit_.law.alpha,
        .beta = law.beta - fit_.law.beta,
        .a = ParamsExponent(law) - ParamsExponent(fit_.law),
        .log_params_opt = std::log(OptimumAt(law, flops_).N) - log_params_opt_};
  }

 private:
  LawRefits refits_;
  const ChinchillaFit& fit_;
  double flops_;
  double log_params_opt_;
  std::vector<double> factors_;
};

/// The runs to leave out, one at a time.
std::vector<std::size_t> Candidates(std::span<const Observation> observations,
                                    const ObjectiveOptions& options,
                                    const ChinchillaFit& fit) {
  std::vector<std::size_t> runs(observations.size());
  for (std::size_t i = 0; i < runs.size(); ++i) runs[i] = i;
  if (runs.size() <= kMostLeftOut) return runs;
  const auto sizes = LogDistances(observations, &Observation::N);
  const auto tokens = LogDistances(observations, &Observation::D);
  const double most = options.loss == LossKind::kHuber
                          ? options.delta
                          : 3.0 * fit.rms_log_residual;
  const auto pull = [&](std::size_t i) {
    const Observation& o = observations[i];
    const double r = std::abs(std::log(Loss(fit.law, o.N, o.D) / o.L));
    return -o.weight * std::min(r, most) *
           std::sqrt(1.0 + sizes[i] + tokens[i]);
  };
  std::ranges::stable_sort(runs, {}, pull);
  runs.resize(kMostCandidates);
  return runs;
}

std::vector<std::size_t> WorstRuns(std::span<const Observation> observations,
                                   const Chinchilla& law) {
  const auto count = static_cast<std::size_t>(
      std::ceil(kWorstShare * static_cast<double>(observations.size())));
  std::vector<std::size_t> runs;
  for (const RunResidual& r : Worst(ResidualsOf(observations, law), count)) {
    runs.push_back(r.run);
  }
  std::ranges::sort(runs);
  return runs;
}

}  // namespace

InfluenceStudy StudyInfluence(std::span<const Observation> observations,
                              const ObjectiveOptions& options,
                              const ChinchillaFit& fit, int threads,
                              FitProgress* progress) {
  InfluenceStudy study;
  const double largest = std::ranges::max(observations, {}, &Observation::C).C;
  study.flops = 10.0 * largest;
  study.extrapolation_decades = std::log10(study.flops / largest);
  LeaveOut refits(observations, options, fit, study.flops);
  const auto candidates = Candidates(observations, options, fit);
  study.left_out = static_cast<int>(candidates.size());
  std::vector<std::optional<Influence>> without(candidates.size());
  std::atomic<int> done = 0;
  ShareWork(study.left_out, threads, [&] {
    return [&, own = refits](int i) mutable {
      const auto k = static_cast<std::size_t>(i);
      without[k] = own.Without({candidates[k]});
      Report(progress, "influence", ++done, study.left_out);
    };
  });
  for (auto& influence : without) {
    if (influence) study.single.push_back(*std::move(influence));
  }
  study.undetermined = study.left_out - static_cast<int>(study.single.size());
  std::ranges::stable_sort(study.single, {}, [](const Influence& influence) {
    return -std::abs(influence.log_params_opt);
  });
  study.single.resize(std::min(study.single.size(), kMostReported));
  study.worst = refits.Without(WorstRuns(observations, fit.law));
  return study;
}

}  // namespace isoflop
