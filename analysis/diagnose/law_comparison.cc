#include "analysis/diagnose/law_comparison.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>

#include "analysis/diagnose/holdout.h"
#include "analysis/diagnose/law_verdict.h"
#include "analysis/regress/resample.h"
#include "analysis/solve/residual_density.h"
#include "lib/core/random.h"
#include "lib/core/share_work.h"

namespace isoflop {
namespace {

constexpr int kMostFolds = 10;
constexpr double kHeldOutShare = 0.2;

int CountAbove(std::span<const Observation> runs, double flops) {
  return static_cast<int>(std::ranges::count_if(
      runs, [flops](const Observation& run) { return run.C > flops; }));
}

/// The cut that leaves out nearest to a fifth of the runs, and never a part of
/// a budget; where there is none, the largest C, which leaves out nothing.
double DefaultCut(std::span<const Observation> runs) {
  const double wanted = kHeldOutShare * static_cast<double>(runs.size());
  const auto misses = [&](double cut) {
    return std::abs(CountAbove(runs, cut) - wanted);
  };
  const std::vector<double> cuts = HoldoutCuts(runs);
  if (!cuts.empty()) return std::ranges::min(cuts, {}, misses);
  return std::ranges::max(runs, {}, &Observation::C).C;
}

/// What a fit to some of the runs says of the others.
struct Trial {
  bool fitted = false;
  bool certified = false;
  std::vector<double> errors;  // of the runs left out, in their order
};

Trial TryOut(const ComparedLaw& law, std::span<const Observation> runs,
             const std::vector<bool>& left_out) {
  std::vector<Observation> fitted;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!left_out[i]) fitted.push_back(runs[i]);
  }
  if (fitted.empty()) return {};
  const PartialFit fit = law.fit(fitted);
  if (!fit.predict) return {};
  Trial trial{.fitted = true, .certified = fit.certified, .errors = {}};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (left_out[i]) trial.errors.push_back(fit.predict(runs[i]) - runs[i].L);
  }
  return trial;
}

/// Nothing unless every trial had a fit.
std::optional<PredictionError> ErrorOf(std::span<const Trial> trials) {
  PredictionError error{.certified = true};
  double count = 0.0;
  double squares = 0.0;
  for (const Trial& trial : trials) {
    if (!trial.fitted) return std::nullopt;
    error.certified = error.certified && trial.certified;
    for (const double e : trial.errors) {
      ++count;
      squares += e * e;
      error.mean_absolute += std::abs(e);
      error.largest = std::max(error.largest, std::abs(e));
    }
  }
  if (count == 0.0 || !std::isfinite(squares)) return std::nullopt;
  error.rms = std::sqrt(squares / count);
  error.mean_absolute /= count;
  return error;
}

/// The same for the same runs, in whatever order they are.
std::uint64_t KeyOf(std::span<const Observation> runs,
                    const std::vector<std::size_t>& unit) {
  std::uint64_t sum = 0;
  for (const std::size_t i : unit) {
    std::uint64_t key = 0;
    for (const double value : {runs[i].N, runs[i].D, runs[i].L}) {
      key = MixBits(key, std::bit_cast<std::uint64_t>(value));
    }
    sum += key;
  }
  return sum;
}

/// Which runs are left out of each fit: those above the cut if there are any,
/// then fold after fold, drawn by the runs themselves, so that neither their
/// order nor that of the sizes in it matters.
std::vector<std::vector<bool>> LeftOut(std::span<const Observation> runs,
                                       const LawComparison& comparison) {
  std::vector<std::vector<bool>> left_out;
  if (comparison.held_out > 0) {
    left_out.emplace_back(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i) {
      left_out[0][i] = runs[i].C > comparison.above_flops;
    }
  }
  if (comparison.folds < 2) return left_out;
  const std::size_t first = left_out.size();
  const auto folds = static_cast<std::size_t>(comparison.folds);
  left_out.resize(first + folds, std::vector<bool>(runs.size()));
  auto units = ResampleUnits(runs, ResampleUnit::kGroup);
  std::ranges::stable_sort(units, {},
                           [&](const auto& unit) { return KeyOf(runs, unit); });
  for (std::size_t u = 0; u < units.size(); ++u) {
    for (const std::size_t i : units[u]) left_out[first + u % folds][i] = true;
  }
  return left_out;
}

std::optional<NeighbourCorrelation> NeighboursOf(
    const ComparedLaw& law, std::span<const Observation> runs) {
  if (law.residuals.size() != runs.size()) return std::nullopt;
  std::vector<double> residuals;
  residuals.reserve(law.residuals.size());
  for (const WeightedResidual& r : law.residuals) residuals.push_back(r.value);
  return CorrelationOfNeighbours(runs, residuals);
}

/// Of residuals over losses where they are not logarithmic.
double RmsOf(const ComparedLaw& law, std::span<const Observation> runs,
             const ObjectiveOptions& objective) {
  double squares = 0.0;
  double weights = 0.0;
  for (std::size_t i = 0; i < law.residuals.size(); ++i) {
    const auto& [value, weight] = law.residuals[i];
    const double r =
        objective.residual == ResidualKind::kLog ? value : value / runs[i].L;
    squares += weight * r * r;
    weights += weight;
  }
  return weights > 0.0 ? std::sqrt(squares / weights) : 0.0;
}

/// Residuals that are rounding have no density.
void SetLikelihood(const ComparedLaw& law, std::span<const Observation> runs,
                   const ObjectiveOptions& objective, LawScore* score) {
  if (score->reproduces()) return;
  const auto likelihood = LikelihoodOf(law.residuals, objective);
  if (!likelihood) return;
  score->parameters += likelihood->constants;
  score->log_likelihood = likelihood->log_likelihood;
  const auto count = static_cast<int>(runs.size());
  if (count > score->parameters + 1) {
    score->aicc = Aicc(likelihood->log_likelihood, score->parameters, count);
  }
  score->neighbours = NeighboursOf(law, runs);
}

LawScore ScoreOf(const ComparedLaw& law, std::span<const Observation> runs,
                 const ObjectiveOptions& objective,
                 const LawComparison& comparison,
                 std::span<const Trial> trials) {
  LawScore score;
  score.name = law.name;
  score.certified = law.certified;
  score.rms_log_residual = RmsOf(law, runs, objective);
  score.parameters = law.parameters;
  SetLikelihood(law, runs, objective, &score);
  const std::size_t above = comparison.held_out > 0 ? 1 : 0;
  if (above > 0) score.held_out = ErrorOf(trials.first(above));
  if (comparison.folds > 1) {
    score.cross_validated = ErrorOf(trials.subspan(above));
  }
  for (const Trial& trial : trials) {
    if (!trial.fitted) continue;
    ++score.refits;
    if (!trial.certified) ++score.uncertified_refits;
  }
  return score;
}

}  // namespace

bool LawScore::reproduces() const { return rms_log_residual <= kRounding; }

LawComparison CompareLaws(const std::vector<ComparedLaw>& laws,
                          std::span<const Observation> runs,
                          const ObjectiveOptions& objective,
                          std::optional<double> above_flops, int threads,
                          FitProgress* progress) {
  LawComparison comparison;
  comparison.runs = static_cast<int>(runs.size());
  comparison.above_flops = above_flops.value_or(DefaultCut(runs));
  comparison.held_out = CountAbove(runs, comparison.above_flops);
  const auto units = ResampleUnits(runs, ResampleUnit::kGroup).size();
  comparison.folds = std::min(kMostFolds, static_cast<int>(units));
  const auto left_out = LeftOut(runs, comparison);
  std::vector<Trial> trials(laws.size() * left_out.size());
  std::atomic<int> done = 0;
  ShareWork(static_cast<int>(trials.size()), threads, [&] {
    return [&](int i) {
      const auto trial = static_cast<std::size_t>(i);
      trials[trial] = TryOut(laws[trial / left_out.size()], runs,
                             left_out[trial % left_out.size()]);
      Report(progress, "comparison", ++done, static_cast<int>(trials.size()));
    };
  });
  for (std::size_t i = 0; i < laws.size(); ++i) {
    const auto own =
        std::span(trials).subspan(i * left_out.size(), left_out.size());
    comparison.scores.push_back(
        ScoreOf(laws[i], runs, objective, comparison, own));
  }
  Judge(&comparison);
  return comparison;
}

}  // namespace isoflop
