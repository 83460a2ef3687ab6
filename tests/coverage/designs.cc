#include "tests/coverage/designs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "lib/core/random.h"
#include "lib/numeric/distributions.h"
#include "lib/numeric/least_squares.h"

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

/// Losses of an IsoFLOP profile: kLowestLoss + kBend z^2, z = ln(N / N*).
constexpr double kLowestLoss = 2.3;
constexpr double kBend = 0.033;

double FlopsOf(int budget) { return 1e18 * std::pow(10.0, 0.5 * budget); }

double NoiseOf(const IsoflopDesign& design, int budget) {
  return design.noise[static_cast<std::size_t>(budget) % design.noise.size()];
}

/// The sizes of a profile, as logarithms of their ratio to the middle one.
std::vector<double> LogSizes(const IsoflopDesign& design) {
  std::vector<double> sizes;
  for (int i = 0; i < design.runs; ++i) {
    const double share = 2.0 * i / (design.runs - 1) - 1.0;
    sizes.push_back(share * std::log(design.half_width));
  }
  return sizes;
}

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

std::vector<IsoflopDesign> AllIsoflopDesigns() {
  const std::vector<IsoflopDesign> shapes = {
      {"7 budgets of 7 runs", 7, 7, 4.0, {0.001}},
      {"7 budgets of 7 runs, unequal noise", 7, 7, 4.0, {3e-4, 1e-3, 3e-3}},
      {"4 budgets of 5 runs", 4, 5, 3.0, {0.001}},
      {"3 budgets of 6 runs", 3, 6, 3.0, {0.001}}};
  std::vector<IsoflopDesign> designs;
  for (const IsoflopDesign& shape : shapes) {
    for (const double scatter : {0.0, 0.05, 0.12}) {
      designs.push_back(shape);
      designs.back().scatter = scatter;
    }
  }
  return designs;
}

std::vector<Observation> NoisyProfiles(const IsoflopDesign& design,
                                       std::uint64_t set) {
  RandomStream random(MixBits(4242, set));
  std::vector<Observation> runs;
  for (int i = 0; i < design.budgets; ++i) {
    const double C = FlopsOf(i);
    const double middle = std::log(0.12 * std::pow(C, kIsoflopExponent));
    const double lowest = middle + design.scatter * random.Normal();
    for (const double from_middle : LogSizes(design)) {
      Observation run;
      run.N = std::exp(middle + from_middle);
      run.D = C / (6.0 * run.N);
      run.C = C;
      const double z = middle + from_middle - lowest;
      run.L = (kLowestLoss + kBend * z * z) *
              std::exp(NoiseOf(design, i) * random.Normal());
      runs.push_back(run);
    }
  }
  return runs;
}

double IdealWidth(const IsoflopDesign& design) {
  double squares = 0.0;
  for (const double z : LogSizes(design)) squares += z * z;
  std::vector<WeightedPoint> points;
  for (int i = 0; i < design.budgets; ++i) {
    // The vertex of a parabola on symmetric sizes is -c1 / (2 c2).
    const double noise = NoiseOf(design, i) * kLowestLoss / (2.0 * kBend);
    const double variance =
        noise * noise / squares + design.scatter * design.scatter;
    points.push_back({std::log(FlopsOf(i)), 0.0, 1.0 / variance});
  }
  const double mean = FitLine(points)->mean_x;
  double information = 0.0;
  for (const WeightedPoint& p : points) {
    information += p.weight * (p.x - mean) * (p.x - mean);
  }
  return 2.0 * kNormal975 / std::sqrt(information);
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
