#include "analysis/decide/design.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

/// Runs of five sizes, each size a trunk.
std::vector<PlacedRun> FittedRuns() {
  std::vector<PlacedRun> runs;
  std::size_t trunk = 0;
  for (const double N : Doubling(4e3, 5)) {
    for (const double D : Doubling(2e5, 4)) runs.push_back({N, D, trunk});
    ++trunk;
  }
  return runs;
}

/// Four fifths of every run are of its trunk, one of 100 and more.
std::vector<CandidateRun> CandidatesAt(const std::vector<double>& sizes,
                                       const std::vector<double>& tokens) {
  std::vector<CandidateRun> candidates;
  std::size_t trunk = 100;
  for (const double N : sizes) {
    for (const double D : tokens)
      candidates.push_back({{N, D, trunk}, 0.8 * D});
    ++trunk;
  }
  return candidates;
}

std::vector<CandidateRun> ManyCandidates() {
  return CandidatesAt(Doubling(4e3, 8), Doubling(2e5, 7));
}

DesignProblem ProblemOf(const std::vector<PlacedRun>& runs, double budget) {
  return {.law = kSmallLaw,
          .runs = runs,
          .trunk_share = 0.5,
          .sd_before = 0.1,
          .target_flops = 1e13,
          .budget_flops = budget};
}

double FlopsOf(const CandidateRun& run) {
  return 6.0 * run.place.N * run.place.D;
}

/// What a set of runs costs when every trunk is trained once, to the furthest
/// of its runs.
double CostOf(const std::vector<CandidateRun>& runs) {
  std::map<std::size_t, double> trunks;
  double cost = 0.0;
  for (const CandidateRun& run : runs) {
    double& longest = trunks[run.place.trunk];
    const double before = longest;
    longest = std::max(longest, run.trunk_tokens);
    cost +=
        6.0 * run.place.N * (run.place.D - run.trunk_tokens + longest - before);
  }
  return cost;
}

/// The share of the variance that is left with these runs.
double ShareLeft(const std::vector<PlacedRun>& fitted,
                 const std::vector<CandidateRun>& more, double trunk_share) {
  LawCertainty certainty(kSmallLaw, 1e13, false, trunk_share);
  for (const PlacedRun& run : fitted) certainty.Add(run);
  const double before = certainty.Variance();
  for (const CandidateRun& run : more) certainty.Add(run.place);
  return certainty.Variance() / before;
}

std::vector<CandidateRun> ChosenOf(const Design& design,
                                   const std::vector<CandidateRun>& all) {
  std::vector<CandidateRun> chosen;
  for (const DesignedRun& run : design.runs) {
    chosen.push_back(all[run.candidate]);
  }
  return chosen;
}

TEST(Design, LeavesWhatTheRunsTogetherLeave) {
  const auto fitted = FittedRuns();
  const auto candidates = ManyCandidates();
  const Design design = DesignRuns(ProblemOf(fitted, 1e12), candidates);
  ASSERT_GE(design.runs.size(), 3U);
  EXPECT_EQ(design.sd_before, 0.1);
  const double left = ShareLeft(fitted, ChosenOf(design, candidates), 0.5);
  EXPECT_NEAR(design.sd_after(), 0.1 * std::sqrt(left), 1e-9);
  EXPECT_LT(design.sd_after(), 0.09);
}

TEST(Design, IsJudgedByTheMeanOverTheLawsThatMayBeTrue) {
  const auto fitted = FittedRuns();
  const auto candidates = ManyCandidates();
  const DesignProblem problem = ProblemOf(fitted, 1e12);
  const Design design = DesignRuns(problem, candidates);
  const std::vector<Chinchilla> itself(3, kSmallLaw);
  const Design same = JudgedBy(itself, problem, candidates, design);
  Chinchilla other = kSmallLaw;
  other.alpha *= 1.3;
  const std::vector<Chinchilla> another{other};
  const Design by_other = JudgedBy(another, problem, candidates, design);
  const std::vector<Chinchilla> laws{kSmallLaw, other};
  const Design both = JudgedBy(laws, problem, candidates, design);
  ASSERT_FALSE(design.runs.empty());
  for (std::size_t i = 0; i < design.runs.size(); ++i) {
    EXPECT_EQ(both.runs[i].candidate, design.runs[i].candidate);
    EXPECT_NEAR(same.runs[i].sd_after, design.runs[i].sd_after, 1e-12);
    EXPECT_NEAR(same.runs[i].shrinkage, design.runs[i].shrinkage, 1e-12);
    EXPECT_NEAR(both.runs[i].sd_after,
                std::sqrt(0.5 * (std::pow(same.runs[i].sd_after, 2) +
                                 std::pow(by_other.runs[i].sd_after, 2))),
                1e-12);
  }
}

TEST(Design, KeepsToTheBudgetAndChoosesNoRunTwice) {
  const auto fitted = FittedRuns();
  const auto candidates = ManyCandidates();
  for (const double budget : {1e10, 1e11, 3e12, 1e14}) {
    const Design design = DesignRuns(ProblemOf(fitted, budget), candidates);
    std::set<std::size_t> seen;
    for (const DesignedRun& run : design.runs) {
      EXPECT_TRUE(seen.insert(run.candidate).second);
      EXPECT_DOUBLE_EQ(run.flops, FlopsOf(candidates[run.candidate]));
      EXPECT_LE(run.cost, run.flops * (1.0 + 1e-9));
    }
    if (design.runs.empty()) continue;
    const double total = design.runs.back().total_flops;
    EXPECT_NEAR(total, CostOf(ChosenOf(design, candidates)), 1e-6 * total);
    EXPECT_LE(total, budget * (1.0 + 1e-12));
    EXPECT_LE(design.runs.size(), kMostDesignedRuns);
  }
}

TEST(Design, PaysForEverySeed) {
  const auto fitted = FittedRuns();
  const auto candidates = ManyCandidates();
  DesignProblem problem = ProblemOf(fitted, 1e12);
  problem.seeds = 3;
  const Design design = DesignRuns(problem, candidates);
  ASSERT_FALSE(design.runs.empty());
  const double total = design.runs.back().total_flops;
  EXPECT_NEAR(total, 3.0 * CostOf(ChosenOf(design, candidates)), 1e-6 * total);
  EXPECT_LE(total, 1e12 * (1.0 + 1e-12));
}

TEST(Design, MoreComputeNeverLeavesMoreUncertain) {
  const auto fitted = FittedRuns();
  const auto candidates = ManyCandidates();
  double last = DesignRuns(ProblemOf(fitted, 1.0), candidates).sd_after();
  EXPECT_EQ(last, 0.1);
  for (const double budget : {1e11, 1e12, 1e13}) {
    const double sd =
        DesignRuns(ProblemOf(fitted, budget), candidates).sd_after();
    EXPECT_LT(sd, last) << budget;
    last = sd;
  }
}

/// Every set of candidates within the budget is tried.
TEST(Design, TakesAtLeastHalfOfWhatTheBestSetTakes) {
  const auto fitted = FittedRuns();
  const auto candidates = CandidatesAt({8e3, 3e4, 2e5}, {4e5, 2e6, 1e7});
  for (const double budget : {3e11, 2e12, 8e12}) {
    double best = 1.0;
    for (unsigned set = 1; set < (1U << candidates.size()); ++set) {
      std::vector<CandidateRun> runs;
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        if ((set >> i & 1U) != 0) runs.push_back(candidates[i]);
      }
      if (CostOf(runs) > budget) continue;
      best = std::min(best, ShareLeft(fitted, runs, 0.5));
    }
    const double sd =
        DesignRuns(ProblemOf(fitted, budget), candidates).sd_after();
    const double left = sd * sd / 0.01;
    EXPECT_GE(1.0 - left, 0.5 * (1.0 - best)) << budget;
    EXPECT_GE(left, best * (1.0 - 1e-9)) << budget;
  }
}

TEST(Design, SpreadsOverTrunksWhereTheseShareNoise) {
  const auto fitted = FittedRuns();
  const auto candidates = ManyCandidates();
  const auto trunks = [&](double share) {
    DesignProblem problem = ProblemOf(fitted, 1e12);
    problem.trunk_share = share;
    const Design design = DesignRuns(problem, candidates);
    std::set<std::size_t> different;
    for (const CandidateRun& run : ChosenOf(design, candidates)) {
      different.insert(run.place.trunk);
    }
    return static_cast<double>(different.size()) /
           static_cast<double>(design.runs.size());
  };
  EXPECT_GT(trunks(0.9), trunks(0.0));
}

}  // namespace
}  // namespace isoflop
