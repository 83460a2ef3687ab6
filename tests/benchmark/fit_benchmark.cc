// How long Approach 3 takes: the certified fit alone, and with its bootstrap.
//
// `Published` are the 240 points that Besiroglu et al. 2024 (arXiv:2404.10102)
// fit, where the file is at hand; `Generated` are as many from the law that
// they found, with residuals like theirs, and more of them.

#include <benchmark/benchmark.h>

#include <cmath>
#include <vector>

#include "analysis/fit/fit.h"
#include "analysis/observe/observation_reader.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

FitOptions Options(int resamples, int dropped) {
  FitOptions options;
  options.laws = {LawKind::kChinchilla};
  options.drop_largest_loss = dropped;
  options.bootstrap = {
      .resamples = resamples, .unit = {}, .seed = 42, .threads = 0};
  return options;
}

/// Residuals of .4 %, one in ten of them five times as large.
ObservationSet Generated(int count) {
  constexpr Chinchilla kLaw{
      .E = 1.8172, .A = 477.8, .B = 2143.0, .alpha = 0.3473, .beta = 0.3672};
  RandomStream stream(1);
  std::vector<Observation> runs;
  for (int i = 0; i < count; ++i) {
    const double C = 6e18 * std::pow(500.0, stream.Uniform());
    const double N = OptimumAt(kLaw, C).N * std::exp(stream.Normal());
    const double D = C / (6.0 * N);
    const double width = i % 10 == 0 ? 0.02 : 0.004;
    runs.push_back(MakeObservation(
        N, D, Loss(kLaw, N, D) * std::exp(width * stream.Normal())));
  }
  return MakeSet(std::move(runs));
}

void Fit(const ObservationSet& observations, const FitOptions& options,
         benchmark::State* state) {
  bool certified = true;
  for ([[maybe_unused]] auto _ : *state) {
    const FitReport report = FitScalingLaws(observations, options);
    certified = certified && report.chinchilla->certificate.certified();
  }
  if (!certified) state->SkipWithError("the fit is not certified");
}

void BM_Published(benchmark::State& state) {
  if (!std::filesystem::exists(BesirogluPath())) {
    state.SkipWithError("the published points are not at hand");
    return;
  }
  const ObservationSet points = ReadObservations(
      BesirogluPath(),
      {.columns = {{"params", "Model Size"}, {"flops", "Training FLOP"}}});
  Fit(points, Options(static_cast<int>(state.range(0)), 5), &state);
}

void BM_Generated(benchmark::State& state) {
  const ObservationSet points = Generated(static_cast<int>(state.range(0)));
  Fit(points, Options(static_cast<int>(state.range(1)), 0), &state);
}

BENCHMARK(BM_Published)
    ->ArgNames({"resamples"})
    ->Arg(0)
    ->Arg(4000)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

BENCHMARK(BM_Generated)
    ->ArgNames({"runs", "resamples"})
    ->Args({240, 0})
    ->Args({240, 4000})
    ->Args({100000, 0})
    ->Args({100000, 20})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace isoflop
