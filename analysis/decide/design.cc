#include "analysis/decide/design.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "analysis/observe/observation.h"

namespace isoflop {
namespace {

/// A run is not worth having that takes less than this share of the variance.
constexpr double kLeastShrinkage = 1e-6;

double FlopsOf(const CandidateRun& run) {
  return SixND(run.place.N, run.place.D);
}

/// How far trunks are trained.
class Trunks {
 public:
  /// Returns the FLOPs that a run takes beside what is trained already.
  double CostOf(const CandidateRun& run) const {
    const double there = std::min(run.trunk_tokens, TokensOf(run.place.trunk));
    return SixND(run.place.N, run.place.D - there);
  }

  void Train(const CandidateRun& run) {
    double& tokens = tokens_[run.place.trunk];
    tokens = std::max(tokens, run.trunk_tokens);
  }

 private:
  double TokensOf(std::size_t trunk) const {
    const auto found = tokens_.find(trunk);
    return found == tokens_.end() ? 0.0 : found->second;
  }

  std::map<std::size_t, double> tokens_;
};

LawCertainty CertaintyOf(const DesignProblem& problem, const Chinchilla& law) {
  LawCertainty certainty(law, problem.target_flops,
                         problem.objective == DesignObjective::kLoss,
                         problem.trunk_share);
  for (const PlacedRun& run : problem.runs) certainty.Add(run, problem.times);
  return certainty;
}

/// What has been chosen so far, and what it tells.
class Choice {
 public:
  Choice(const DesignProblem& problem, std::span<const CandidateRun> candidates,
         std::vector<bool> open)
      : seeds_(problem.seeds),
        budget_(problem.budget_flops),
        candidates_(candidates),
        open_(std::move(open)),
        certainty_(CertaintyOf(problem, problem.law)),
        variance_(certainty_.Variance()),
        least_shrinkage_(kLeastShrinkage * variance_) {}

  double variance() const { return variance_; }
  double total_flops() const { return total_; }

  /// Returns the best that is open and within the budget, if any is worth it,
  /// by shrinkage / cost^cost_exponent: 1 looks at the price, 0 does not.
  std::optional<std::size_t> Best(double cost_exponent) const {
    std::optional<std::size_t> best;
    double best_value = 0.0;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const double cost = CostOf(candidates_[i]);
      if (!open_[i] || total_ + cost > budget_) continue;
      const double shrinkage = ShrinkageBy(candidates_[i]);
      const double value = shrinkage / std::pow(cost, cost_exponent);
      if (shrinkage <= least_shrinkage_ || (best && value <= best_value)) {
        continue;
      }
      best = i;
      best_value = value;
    }
    return best;
  }

  void Take(std::size_t i) {
    open_[i] = false;
    total_ += CostOf(candidates_[i]);
    trunks_.Train(candidates_[i]);
    certainty_.Add(candidates_[i].place, seeds_);
    variance_ = certainty_.Variance();
  }

 private:
  double ShrinkageBy(const CandidateRun& run) const {
    return variance_ - certainty_.VarianceWith(run.place, seeds_);
  }

  double CostOf(const CandidateRun& run) const {
    return seeds_ * trunks_.CostOf(run);
  }

  double seeds_;
  double budget_;
  std::span<const CandidateRun> candidates_;
  std::vector<bool> open_;  // to be chosen yet
  LawCertainty certainty_;
  Trunks trunks_;
  double variance_;
  double least_shrinkage_;
  double total_ = 0.0;
};

/// Chooses among the candidates that are `open`.
Design Choose(const DesignProblem& problem,
              std::span<const CandidateRun> candidates, std::vector<bool> open,
              double cost_exponent) {
  Choice choice(problem, candidates, std::move(open));
  // From units of the noise to those of the bootstrap.
  const double scale =
      problem.sd_before * problem.sd_before / choice.variance();
  Design design{.sd_before = problem.sd_before, .runs = {}};
  while (design.runs.size() < kMostDesignedRuns) {
    const auto best = choice.Best(cost_exponent);
    if (!best) break;
    const double variance = choice.variance();
    const double total = choice.total_flops();
    choice.Take(*best);
    design.runs.push_back(
        {.candidate = *best,
         .flops = problem.seeds * FlopsOf(candidates[*best]),
         .cost = choice.total_flops() - total,
         .total_flops = choice.total_flops(),
         .sd_after = std::sqrt(scale * choice.variance()),
         .shrinkage = scale * (variance - choice.variance())});
  }
  return design;
}

}  // namespace

Design JudgedBy(std::span<const Chinchilla> laws, const DesignProblem& problem,
                std::span<const CandidateRun> candidates, Design design) {
  std::vector<double> left(design.runs.size(), 0.0);  // shares of the variance
  for (const Chinchilla& law : laws) {
    LawCertainty certainty = CertaintyOf(problem, law);
    const double before = certainty.Variance();
    for (std::size_t i = 0; i < left.size(); ++i) {
      certainty.Add(candidates[design.runs[i].candidate].place, problem.seeds);
      left[i] += certainty.Variance() / before;
    }
  }
  const double variance = design.sd_before * design.sd_before;
  double share_before = 1.0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const double share = left[i] / static_cast<double>(laws.size());
    design.runs[i].sd_after = std::sqrt(variance * share);
    design.runs[i].shrinkage = variance * (share_before - share);
    share_before = share;
  }
  return design;
}

double Design::sd_after() const {
  return runs.empty() ? sd_before : runs.back().sd_after;
}

Design DesignRuns(const DesignProblem& problem,
                  std::span<const CandidateRun> candidates) {
  const std::vector<bool> all(candidates.size(), true);
  Design best = Choose(problem, candidates, all, 0.0);
  std::vector<bool> chosen(candidates.size(), false);
  for (const DesignedRun& run : best.runs) chosen[run.candidate] = true;
  // The same in another order; where runs share noise, that may leave some out.
  for (const auto& open : {chosen, all}) {
    Design by_value = Choose(problem, candidates, open, 1.0);
    if (by_value.sd_after() <= best.sd_after()) best = std::move(by_value);
  }
  return best;
}

}  // namespace isoflop
