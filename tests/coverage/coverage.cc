#include "tests/coverage/coverage.h"

#include <algorithm>
#include <optional>

#include "analysis/fit/allocation.h"
#include "analysis/fit/bootstrap.h"
#include "analysis/fit/chinchilla_fit.h"

namespace isoflop {
namespace {

using Estimates4 = std::array<Estimate, kCovered.size()>;

/// The covered numbers of one noisy set with their spreads.
std::optional<Estimates4> EstimatesOf(const std::vector<Observation>& runs,
                                      int resamples, int set, double flops) {
  const ObjectiveOptions objective;
  const ChinchillaFit fit = FitChinchilla(runs, objective);
  if (fit.status != FitStatus::kOk) return std::nullopt;
  const BootstrapOptions options{.resamples = resamples,
                                 .unit = {},
                                 .seed = 1000U + static_cast<unsigned>(set)};
  const Resampling resampling = Resolve(options, runs);
  const auto bootstrap = ChinchillaSpreads(
      Resample(runs, resampling, objective, {.chinchilla = &fit}, 0), fit.law,
      resampling.units);
  if (!bootstrap) return std::nullopt;
  const LawBasis basis{.law = fit.law,
                       .resampled = bootstrap->laws,
                       .largest_flops = flops,
                       .noise95 = std::nullopt,
                       .units = resampling.units};
  const std::vector<double> budgets = {flops};
  return Estimates4{Estimate{fit.law.alpha, bootstrap->alpha},
                    Estimate{fit.law.beta, bootstrap->beta},
                    Estimate{ParamsExponent(fit.law), bootstrap->a},
                    Allocate(basis, budgets).front().params_opt};
}

}  // namespace

std::vector<Coverage> Cover(const Design& design, int sets, int resamples,
                            const std::vector<IntervalRule>& rules) {
  const double flops =
      10.0 * std::ranges::max(design.runs, {}, &Observation::C).C;
  const std::array<double, kCovered.size()> truth = {
      design.law.alpha, design.law.beta, ParamsExponent(design.law),
      OptimumAt(design.law, flops).N};
  std::vector<Coverage> coverages(rules.size());
  for (int set = 0; set < sets; ++set) {
    const auto runs = NoisyRuns(design, static_cast<std::uint64_t>(set));
    const auto found = EstimatesOf(runs, resamples, set, flops);
    for (std::size_t rule = 0; found && rule < rules.size(); ++rule) {
      ++coverages[rule].sets;
      for (std::size_t i = 0; i < truth.size(); ++i) {
        const Interval interval = rules[rule]((*found)[i]);
        const bool hit = interval.low <= truth[i] && truth[i] <= interval.high;
        coverages[rule].hits[i] += hit ? 1 : 0;
      }
    }
  }
  return coverages;
}

}  // namespace isoflop
