#include "tests/coverage/designs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "lib/core/random.h"

namespace isoflop {
namespace {

Observation RunOn(const Chinchilla& law, double N, double D) {
  Observation o;
  o.N = N;
  o.D = D;
  o.L = Loss(law, N, D);
  o.C = SixND(N, D);
  return o;
}

/// Source: Bailey 1994 (Mathematics of Computation 62), the polar method.
double DrawStudentT(double degrees_of_freedom, RandomStream* stream) {
  for (;;) {
    const double u = 2.0 * stream->Uniform() - 1.0;
    const double v = 2.0 * stream->Uniform() - 1.0;
    const double w = u * u + v * v;
    if (w > 1.0 || w == 0.0) continue;
    const double nu = degrees_of_freedom;
    return u * std::sqrt(nu * (std::pow(w, -2.0 / nu) - 1.0) / w);
  }
}

/// Draws ln L less that of the law, run by run.
class NoiseSource {
 public:
  NoiseSource(Noise kind, std::uint64_t set)
      : kind_(kind), stream_(MixBits(99, set)) {}

  double Draw(const Observation& run) {
    if (kind_ == Noise::kStudentT) return 0.0039 * DrawStudentT(2.58, &stream_);
    if (kind_ == Noise::kNormal) return 0.004 * stream_.Normal();
    const auto [trunk, is_new] = trunks_.emplace(run.group, 0.0);
    if (is_new) trunk->second = 0.003 * stream_.Normal();
    return trunk->second + 0.002 * stream_.Normal();
  }

 private:
  Noise kind_;
  RandomStream stream_;
  std::map<std::string, double> trunks_;
};

}  // namespace

Design TrunkDesign() {
  Design design{.name = "32 runs of 10 trunks",
                .law = {1.12, 190.0, 820.0, 0.56, 0.58},
                .runs = {},
                .noise = Noise::kTrunks};
  for (const double width : {12, 16, 20, 24, 32, 40, 48, 64, 80, 96}) {
    const double N = 64.0 * width + 24.0 * width * width;
    for (int i = 0; i < 6; ++i) {
      const double D = 2e10 * std::pow(10.0, i / 3.0) / (6.0 * N);
      if (D < 130e3 || D > 4.9e6 || D / N < 2.0 || D / N > 400.0) continue;
      design.runs.push_back(RunOn(design.law, N, D));
      design.runs.back().group = std::to_string(width);
    }
  }
  return design;
}

Design RunDesign(std::string name, int count, Noise noise) {
  constexpr double kSmallest = 5.7e7;
  constexpr double kLargest = 1.6e10;
  constexpr double kMostFlops = 2e22;
  Design design{.name = std::move(name),
                .law = {1.82, 480.0, 2100.0, 0.347, 0.367},
                .runs = {},
                .noise = noise};
  RandomStream stream(5);
  for (int i = 0; i < count; ++i) {
    const double share = stream.Uniform();
    const double N = kSmallest * std::pow(kLargest / kSmallest, share);
    const double D = 20.0 * N * std::exp(0.9 * stream.Normal());
    design.runs.push_back(
        RunOn(design.law, N, std::min(D, kMostFlops / (6.0 * N))));
  }
  return design;
}

std::vector<Design> AllDesigns() {
  return {TrunkDesign(), RunDesign("60 independent runs", 60, Noise::kNormal),
          RunDesign("240 runs, Student's t noise", 240, Noise::kStudentT)};
}

std::vector<Observation> NoisyRuns(const Design& design, std::uint64_t set) {
  NoiseSource noise(design.noise, set);
  std::vector<Observation> runs = design.runs;
  for (Observation& run : runs) run.L *= std::exp(noise.Draw(run));
  return runs;
}

}  // namespace isoflop
