#include "tests/coverage/contamination.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/fit/fit.h"
#include "lib/core/random.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

constexpr Chinchilla kLaw{
    .E = 1.7, .A = 400.0, .B = 410.0, .alpha = 0.34, .beta = 0.28};
constexpr double kNoise = 0.003;
constexpr double kOneIn = 20.0;
constexpr double kFewestDeviations = 10.0;
constexpr double kLargestFactor = 3.0;

std::vector<Observation> ExactProfiles() {
  std::vector<double> budgets;
  for (int i = 0; i < 7; ++i) budgets.push_back(1e18 * std::pow(10.0, i / 3.0));
  return IsoflopGrid(kLaw, budgets, 7, 4.0);
}

/// Makes one run in twenty wrong, and returns which.
std::set<std::size_t> MakeWrong(std::vector<Observation>* runs,
                                RandomStream* random) {
  const auto count = static_cast<double>(runs->size());
  const auto many = static_cast<std::size_t>(std::round(count / kOneIn));
  const double least = std::log(kFewestDeviations * kNoise);
  const double most = std::log(std::log(kLargestFactor));
  std::set<std::size_t> wrong;
  while (wrong.size() < many) {
    const auto i = std::min(static_cast<std::size_t>(random->Uniform() * count),
                            runs->size() - 1);
    if (!wrong.insert(i).second) continue;
    const double by = std::exp(least + (most - least) * random->Uniform());
    (*runs)[i].L *= std::exp(random->Uniform() < 0.5 ? by : -by);
  }
  return wrong;
}

FitReport Fit(const std::vector<Observation>& runs, int resamples) {
  FitOptions options;
  options.laws = {LawKind::kChinchilla, LawKind::kIsoflop};
  options.bootstrap.resamples = resamples;
  return FitScalingLaws(MakeSet(runs), options);
}

std::set<std::size_t> NamedIn(const FitReport& report) {
  std::set<std::size_t> named;
  for (const RunResidual& r : report.diagnostics.outliers->runs) {
    named.insert(r.run);
  }
  return named;
}

bool Holds(const Interval& interval, double truth) {
  return interval.low <= truth && truth <= interval.high;
}

}  // namespace

Contamination Contaminate(int sets, int resamples) {
  const std::vector<Observation> exact = ExactProfiles();
  const double by_profiles = FitIsoflop(exact).a.value;
  Contamination result;
  for (int set = 0; set < sets; ++set) {
    const auto key = static_cast<std::uint64_t>(set);
    auto runs = WithNoise(exact, kNoise, 10'000 + key);
    if (!NamedIn(Fit(runs, 0)).empty()) ++result.clean_warned;
    RandomStream random(20'000 + key);
    const auto wrong = MakeWrong(&runs, &random);
    const FitReport report = Fit(runs, resamples);
    const auto named = NamedIn(report);
    ++result.sets;
    result.wrong += static_cast<int>(wrong.size());
    result.named += static_cast<int>(std::ranges::count_if(
        wrong, [&](std::size_t i) { return named.contains(i); }));
    if (Holds(report.chinchilla_bootstrap->a.interval95,
              ParamsExponent(kLaw))) {
      ++result.law_hits;
    }
    const auto& spread = report.isoflop->a.spread;
    if (spread && Holds(spread->interval95, by_profiles)) {
      ++result.profile_hits;
    }
  }
  return result;
}

}  // namespace isoflop
