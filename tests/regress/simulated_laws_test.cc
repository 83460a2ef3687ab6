// Laws of many valleys, fitted to sets that are simulated from such laws over
// wide ranges: a certificate must mean that no lower minimum is known, and the
// law that generated a set is one place where it is known how low the objective
// can be.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "analysis/laws/coupled.h"
#include "analysis/laws/farseer.h"
#include "analysis/regress/law_fit.h"
#include "analysis/regress/law_models.h"
#include "lib/core/random.h"

namespace isoflop {
namespace {

using Loss2 = std::function<double(double N, double D)>;

/// A grid of sizes and lengths, and where its middle is.
struct Grid {
  explicit Grid(RandomStream* stream) : stream_(*stream) {
    N = LogBetween(1e5, 1e9);
    D = LogBetween(1e7, 1e11);
    span_N = LogBetween(10.0, 1000.0);
    span_D = LogBetween(10.0, 1000.0);
    sizes = 4 + static_cast<int>(stream_.Below(8));
    lengths = 4 + static_cast<int>(stream_.Below(8));
    middle_N = std::log(N) + 0.5 * std::log(span_N);
    middle_D = std::log(D) + 0.5 * std::log(span_D);
  }

  double Between(double low, double high) {
    return low + (high - low) * stream_.Uniform();
  }
  double LogBetween(double low, double high) {
    return low * std::pow(high / low, stream_.Uniform());
  }

  RandomStream& stream_;
  double N, D, span_N, span_D, middle_N, middle_D;
  int sizes, lengths;
};

/// Level, slope and bend of each of Farseer's three powers are drawn at the
/// middle of the grid: exponents of D from .1 to .6, a data term of .05 to 1.5
/// nats and a size term of 1 to 4.
Loss2 RandomFarseer(Grid* grid) {
  const double half = 0.5 * std::log(grid->span_N);
  double level[3] = {std::log(grid->LogBetween(0.1, 0.6)), 0.0, 0.0};
  double slope[3] = {grid->Between(-0.4, 0.4) / half, 0.0, 0.0};
  level[1] = std::log(grid->LogBetween(0.05, 1.5));
  slope[1] = grid->Between(-0.5, 0.5) / half;
  level[2] = std::log(grid->LogBetween(1.0, 4.0));
  slope[2] = grid->Between(-0.5, -0.05) / half;
  double bend[3];
  for (double& one : bend) {
    one = grid->Between(0.2, 1.5) / half;
    if (grid->stream_.Uniform() < 0.5) one = -one;
  }
  const double pull = grid->middle_D * std::exp(level[0]);
  level[1] += pull;
  slope[1] += pull * slope[0];
  double p[9];
  for (int k = 0; k < 3; ++k) {
    const double a = slope[k] / bend[k];
    p[3 * k] = a * std::exp(-bend[k] * grid->middle_N);
    p[3 * k + 1] = level[k] - a;
    p[3 * k + 2] = bend[k];
  }
  const Farseer law{p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8]};
  return [law](double N, double D) { return Loss(law, N, D); };
}

/// Terms of .3 to 2 nats at the middle of the grid; some without E, some with
/// kappa = 1.
Loss2 RandomCoupled(Grid* grid) {
  Coupled law;
  law.E = grid->stream_.Uniform() < 0.15 ? 0.0 : grid->Between(0.0, 2.5);
  law.alpha = grid->LogBetween(0.08, 1.0);
  law.beta = grid->LogBetween(0.08, 1.0);
  law.kappa = grid->stream_.Uniform() < 0.15 ? 1.0 : grid->LogBetween(1.0, 8.0);
  law.A = grid->LogBetween(0.3, 2.0) * std::exp(law.alpha * grid->middle_N);
  law.B = grid->LogBetween(0.3, 2.0) * std::exp(law.beta * grid->middle_D);
  return [law](double N, double D) { return Loss(law, N, D); };
}

struct SimulatedSet {
  std::vector<LawRun> runs;
  double objective = 0.0;  // of the law that generated it
};

SimulatedSet Simulate(Loss2 (*draw)(Grid*), std::uint64_t seed, double noise) {
  RandomStream stream(MixBits(4242, seed));
  Grid grid(&stream);
  const Loss2 loss = draw(&grid);
  const Penalty huber = Penalty::Huber(ObjectiveOptions{}.delta);
  SimulatedSet set;
  for (int i = 0; i < grid.sizes; ++i) {
    for (int j = 0; j < grid.lengths; ++j) {
      LawRun run;
      run.N =
          std::round(grid.N * std::pow(grid.span_N, i / (grid.sizes - 1.0)));
      run.D =
          std::round(grid.D * std::pow(grid.span_D, j / (grid.lengths - 1.0)));
      const double error = noise * stream.Normal();
      run.y = loss(run.N, run.D) * std::exp(error);
      set.objective += huber(error).value;
      set.runs.push_back(run);
    }
  }
  return set;
}

/// How many sets: a few in a normal run, ISOFLOP_SIMULATED_SETS for more; under
/// a sanitizer, which makes fits many times slower, hardly any.
int Sets() {
  const char* asked = std::getenv("ISOFLOP_SIMULATED_SETS");
  if (asked != nullptr) return std::atoi(asked);
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
  return 2;
#endif
#endif
  return 20;
}

void ExpectGlobalMinima(LawModel (*model_of)(std::span<const LawRun>),
                        Loss2 (*draw)(Grid*), double noise) {
  int certified = 0;
  for (int seed = 0; seed < Sets(); ++seed) {
    const SimulatedSet set =
        Simulate(draw, static_cast<std::uint64_t>(seed), noise);
    const LawFit fit = FitLaw(model_of(set.runs), set.runs,
                              {.objective = {}, .profiles = false});
    if (fit.status != FitStatus::kOk || !fit.certificate.certified()) continue;
    ++certified;
    // Residuals of 1e-9 are rounding.
    const double rounding = 0.5e-18 * static_cast<double>(set.runs.size());
    EXPECT_LE(fit.objective, set.objective * (1.0 + 1e-9) + rounding) << seed;
  }
  EXPECT_GE(10 * certified, 9 * Sets()) << certified << " certified";
}

TEST(SimulatedLaws, FarseerIsFoundWithoutNoise) {
  ExpectGlobalMinima(FarseerModel, RandomFarseer, 0.0);
}

TEST(SimulatedLaws, FarseerIsFoundInNoise) {
  ExpectGlobalMinima(FarseerModel, RandomFarseer, 0.003);
}

TEST(SimulatedLaws, TheCoupledLawIsFoundWithoutNoise) {
  ExpectGlobalMinima(CoupledModel, RandomCoupled, 0.0);
}

TEST(SimulatedLaws, TheCoupledLawIsFoundInNoise) {
  ExpectGlobalMinima(CoupledModel, RandomCoupled, 0.003);
}

}  // namespace
}  // namespace isoflop
