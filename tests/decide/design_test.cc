#include "analysis/decide/design.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "lib/core/random.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

/// Laws around kSmallLaw as a bootstrap gives them: A goes with alpha and B
/// with beta, so that the loss near the data hardly changes.
std::vector<Chinchilla> Draws(int count) {
  RandomStream stream(11);
  std::vector<Chinchilla> laws;
  for (int i = 0; i < count; ++i) {
    Chinchilla law = kSmallLaw;
    const double tilt_N = 0.03 * stream.Normal();
    const double tilt_D = 0.02 * stream.Normal();
    law.E += 0.01 * stream.Normal();
    law.alpha += tilt_N;
    law.A *= std::pow(3e4, tilt_N) * std::exp(0.02 * stream.Normal());
    law.beta += tilt_D;
    law.B *= std::pow(2e6, tilt_D) * std::exp(0.02 * stream.Normal());
    laws.push_back(law);
  }
  return laws;
}

std::vector<CandidateRun> Candidates(double loss_std) {
  std::vector<CandidateRun> runs;
  for (const double N : Doubling(4e3, 8)) {
    for (const double D : Doubling(2e5, 7)) runs.push_back({N, D, loss_std});
  }
  return runs;
}

double FlopsOf(const CandidateRun& run) { return 6.0 * run.N * run.D; }

double Mean(const std::vector<double>& x) {
  double sum = 0.0;
  for (const double value : x) sum += value;
  return sum / static_cast<double>(x.size());
}

double Covariance(const std::vector<double>& x, const std::vector<double>& y) {
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += (x[i] - Mean(x)) * (y[i] - Mean(y));
  }
  return sum / static_cast<double>(x.size() - 1);
}

/// Solves M x = b by elimination with pivots.
std::vector<double> Solve(std::vector<std::vector<double>> M,
                          std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t pivot = i;
    for (std::size_t k = i; k < n; ++k) {
      if (std::abs(M[k][i]) > std::abs(M[pivot][i])) pivot = k;
    }
    std::swap(M[i], M[pivot]);
    std::swap(b[i], b[pivot]);
    for (std::size_t k = i + 1; k < n; ++k) {
      const double factor = M[k][i] / M[i][i];
      for (std::size_t j = i; j < n; ++j) M[k][j] -= factor * M[i][j];
      b[k] -= factor * b[i];
    }
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = i + 1; j < n; ++j) b[i] -= M[i][j] * b[j];
    b[i] /= M[i][i];
  }
  return b;
}

/// Var(ln N*) given all runs at once: Var(q) - c' (K + S)^-1 c.
double VarianceGiven(const std::vector<Chinchilla>& draws, double target,
                     const std::vector<CandidateRun>& runs) {
  std::vector<double> q;
  for (const Chinchilla& law : draws) {
    q.push_back(std::log(OptimumAt(law, target).N));
  }
  std::vector<std::vector<double>> losses;
  for (const CandidateRun& run : runs) {
    losses.emplace_back();
    for (const Chinchilla& law : draws) {
      losses.back().push_back(Loss(law, run.N, run.D));
    }
  }
  std::vector<std::vector<double>> K(runs.size());
  std::vector<double> c;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (std::size_t j = 0; j < runs.size(); ++j) {
      K[i].push_back(Covariance(losses[i], losses[j]));
    }
    K[i][i] += runs[i].loss_std * runs[i].loss_std;
    c.push_back(Covariance(q, losses[i]));
  }
  const std::vector<double> x = Solve(K, c);
  double variance = Covariance(q, q);
  for (std::size_t i = 0; i < runs.size(); ++i) variance -= c[i] * x[i];
  return variance;
}

DesignProblem Problem(const std::vector<Chinchilla>& draws, double budget) {
  return {.draws = draws,
          .objective = DesignObjective::kParamsOpt,
          .target_flops = 1e13,
          .budget_flops = budget};
}

TEST(Design, OneRunTakesWhatTheFormulaSays) {
  std::vector<Chinchilla> draws(31, kSmallLaw);
  std::vector<double> Es;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    draws[i].E += 0.001 * static_cast<double>(i);
    Es.push_back(draws[i].E);
  }
  const double variance = Covariance(Es, Es);
  DesignProblem problem = Problem(draws, 1e12);
  problem.objective = DesignObjective::kLoss;
  const std::vector<CandidateRun> one = {{3e4, 2e6, 0.02}};
  const Design design = DesignRuns(problem, one);
  ASSERT_EQ(design.runs.size(), 1U);
  EXPECT_NEAR(design.sd_before, std::sqrt(variance), 1e-12);
  const double left = variance - variance * variance / (variance + 0.02 * 0.02);
  EXPECT_NEAR(design.sd_after(), std::sqrt(left), 1e-12);
}

TEST(Design, LeavesTheVarianceOfConditioningOnAllRunsAtOnce) {
  const auto draws = Draws(200);
  const auto candidates = Candidates(0.004);
  const Design design = DesignRuns(Problem(draws, 1e12), candidates);
  ASSERT_GE(design.runs.size(), 3U);
  std::vector<CandidateRun> chosen;
  for (const DesignedRun& run : design.runs) {
    chosen.push_back(candidates[run.candidate]);
    EXPECT_NEAR(run.sd_after * run.sd_after, VarianceGiven(draws, 1e13, chosen),
                1e-8 * design.sd_before * design.sd_before);
  }
}

TEST(Design, KeepsToTheBudgetAndChoosesNoRunTwice) {
  const auto draws = Draws(100);
  const auto candidates = Candidates(0.004);
  for (const double budget : {1e10, 1e11, 3e12, 1e14}) {
    const Design design = DesignRuns(Problem(draws, budget), candidates);
    double total = 0.0;
    std::set<std::size_t> seen;
    for (const DesignedRun& run : design.runs) {
      total += FlopsOf(candidates[run.candidate]);
      EXPECT_DOUBLE_EQ(run.total_flops, total);
      EXPECT_TRUE(seen.insert(run.candidate).second);
    }
    EXPECT_LE(total, budget * (1.0 + 1e-12));
    EXPECT_LE(design.runs.size(), kMostDesignedRuns);
  }
}

TEST(Design, MoreComputeNeverLeavesMoreUncertain) {
  const auto draws = Draws(100);
  const auto candidates = Candidates(0.004);
  double last = DesignRuns(Problem(draws, 1.0), candidates).sd_after();
  for (const double budget : {1e11, 1e12, 1e13}) {
    const double sd = DesignRuns(Problem(draws, budget), candidates).sd_after();
    EXPECT_LT(sd, last) << budget;
    last = sd;
  }
}

/// Every set of candidates within the budget is tried.
TEST(Design, TakesAtLeastHalfOfWhatTheBestSetTakes) {
  const auto draws = Draws(60);
  std::vector<CandidateRun> candidates;
  for (const double N : {8e3, 3e4, 2e5}) {
    for (const double D : {4e5, 2e6, 1e7}) candidates.push_back({N, D, 0.004});
  }
  const double before =
      std::pow(DesignRuns(Problem(draws, 1.0), candidates).sd_before, 2);
  for (const double budget : {3e11, 2e12, 8e12}) {
    double best = before;
    for (unsigned set = 1; set < (1U << candidates.size()); ++set) {
      std::vector<CandidateRun> runs;
      double flops = 0.0;
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        if ((set >> i & 1U) == 0) continue;
        runs.push_back(candidates[i]);
        flops += FlopsOf(candidates[i]);
      }
      if (flops > budget) continue;
      best = std::min(best, VarianceGiven(draws, 1e13, runs));
    }
    const double sd = DesignRuns(Problem(draws, budget), candidates).sd_after();
    EXPECT_GE(before - sd * sd, 0.5 * (before - best)) << budget;
    EXPECT_GE(sd * sd, best * (1.0 - 1e-9)) << budget;
  }
}

TEST(Design, OrdersRunsByWhatTheyAreWorthForTheirCompute) {
  const auto draws = Draws(100);
  const auto candidates = Candidates(0.004);
  const Design design = DesignRuns(Problem(draws, 1e13), candidates);
  ASSERT_GE(design.runs.size(), 2U);
  const DesignedRun& first = design.runs.front();
  const double before = design.sd_before * design.sd_before;
  for (const DesignedRun& run : design.runs) {
    const CandidateRun& other = candidates[run.candidate];
    const double alone = before - VarianceGiven(draws, 1e13, {other});
    EXPECT_LE(alone / FlopsOf(other),
              first.shrinkage / first.flops * (1.0 + 1e-6));
  }
}

TEST(Design, ChoosesNothingWhereNothingIsToBeKnown) {
  const std::vector<Chinchilla> same(10, kSmallLaw);
  const Design design = DesignRuns(Problem(same, 1e13), Candidates(0.004));
  EXPECT_EQ(design.sd_before, 0.0);
  EXPECT_TRUE(design.runs.empty());
}

TEST(CandidateAxis, GoesFromTheSmallestToFourTimesTheLargest) {
  const std::vector<double> axis = CandidateAxis({100.0, 400.0});
  ASSERT_EQ(axis.size(), 9U);  // 16 times in steps of 2^(1/2)
  EXPECT_DOUBLE_EQ(axis.front(), 100.0);
  EXPECT_NEAR(axis.back(), 1600.0, 1e-9);
  EXPECT_EQ(CandidateAxis({7.0, 7.0}).size(), 5U);
}

TEST(IsCandidate, KeepsToTheBudgetAndToTheTokensPerParameterOfTheData) {
  const ObservedReach reach{.params = {1e3, 1e6},
                            .tokens = {1e4, 1e8},
                            .tokens_per_param = {5.0, 80.0}};
  EXPECT_TRUE(IsCandidate(1e5, 2e6, reach, 1.2e12));
  EXPECT_FALSE(IsCandidate(1e5, 2e6, reach, 1.1e12));
  EXPECT_TRUE(IsCandidate(1e5, 8e6, reach, 1e13));
  EXPECT_FALSE(IsCandidate(1e5, 8.1e6, reach, 1e13));
  EXPECT_TRUE(IsCandidate(1e5, 5e5, reach, 1e13));
  EXPECT_FALSE(IsCandidate(1e5, 4.9e5, reach, 1e13));
}

}  // namespace
}  // namespace isoflop
