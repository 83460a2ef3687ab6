#include "tests/coverage/coverage.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/decide/allocation.h"
#include "analysis/fit/bootstrap.h"
#include "analysis/fit/fit.h"
#include "analysis/observe/curve_points.h"
#include "analysis/regress/chinchilla_fit.h"
#include "analysis/solve/limits.h"
#include "lib/core/random.h"

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

IsoflopFit ResampledIsoflop(const std::vector<Observation>& runs, int resamples,
                            int set) {
  IsoflopFit fit = FitIsoflop(runs);
  const Resampling resampling =
      Resolve({.resamples = resamples,
               .unit = {},
               .seed = 1000U + static_cast<unsigned>(set)},
              runs);
  const auto replicates = Resample(runs, resampling, {}, {.isoflop = &fit}, 0);
  AddSpreads(replicates, resampling.units, &fit);
  return fit;
}

bool Holds(const ProfileInterval& interval, double truth) {
  return (!interval.low || *interval.low <= truth) &&
         (!interval.high || truth <= *interval.high);
}

/// y = 2 x^0.5 over seven decades.
CurvePoints WeightedPoints(RandomStream* random) {
  CurvePoints curve;
  curve.columns = {.x = "x", .y = "y", .y_std = "s"};
  for (int i = 0; i < 8; ++i) {
    const double std = i == 0 || i == 7 ? 0.01 : 0.1;
    const double x = std::pow(10.0, 3 + i);
    LawRun point;
    point.x = x;
    point.y = 2.0 * std::sqrt(x) * std::exp(std * random->Normal());
    point.weight = 1.0 / (std * std);
    curve.points.push_back(point);
  }
  return curve;
}

}  // namespace

ProfileCoverage CoverByProfile(const Design& design, int sets) {
  ProfileCoverage coverage;
  for (int set = 0; set < sets; ++set) {
    const auto runs = NoisyRuns(design, static_cast<std::uint64_t>(set));
    const ChinchillaFit fit = FitChinchillaTo(RunsOf(runs), {});
    if (fit.status != FitStatus::kOk) continue;
    ++coverage.sets;
    for (const LawCoefficient& c : fit.coefficients) {
      if (!c.profile) continue;
      if (c.name == "alpha") {
        coverage.alpha += Holds(*c.profile, design.law.alpha);
      }
      if (c.name == "beta") coverage.beta += Holds(*c.profile, design.law.beta);
    }
  }
  return coverage;
}

int CoverWeightedPowerLaw(int sets, LossKind loss) {
  FitOptions options;
  options.laws = {LawKind::kPower};
  options.objective.loss = loss;
  RandomStream random(7);
  int hits = 0;
  for (int set = 0; set < sets; ++set) {
    const FitReport report = FitCurveLaws(WeightedPoints(&random), options);
    for (const LawCoefficient& c : report.more_laws.fits.front().coefficients) {
      if (c.name == "e" && c.profile) hits += Holds(*c.profile, 0.5) ? 1 : 0;
    }
  }
  return hits;
}

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

IsoflopCoverage CoverIsoflop(const IsoflopDesign& design, int sets,
                             int resamples) {
  IsoflopCoverage coverage{.narrowest = kInfinity};
  for (int set = 0; set < sets; ++set) {
    const IsoflopFit fit = ResampledIsoflop(
        NoisyProfiles(design, static_cast<std::uint64_t>(set)), resamples, set);
    if (!fit.a.spread) continue;
    ++coverage.sets;
    const auto [low, high] = fit.a.spread->interval95;
    if (low <= kIsoflopExponent && kIsoflopExponent <= high) ++coverage.hits;
    if (fit.heterogeneity && fit.heterogeneity->p_value < 0.01) {
      ++coverage.warned;
    }
    coverage.mean_width += (high - low - coverage.mean_width) / coverage.sets;
    const double errors = 0.5 * (high - low) / fit.a.spread->standard_error;
    coverage.narrowest = std::min(coverage.narrowest, errors);
    coverage.widest = std::max(coverage.widest, errors);
  }
  return coverage;
}

}  // namespace isoflop
