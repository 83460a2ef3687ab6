#include "analysis/diagnose/law_comparison.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "analysis/diagnose/holdout.h"
#include "analysis/diagnose/law_verdict.h"
#include "analysis/regress/resample.h"
#include "analysis/solve/residual_density.h"
#include "lib/core/random.h"

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

/// Gathers errors of predictions.
class Errors {
 public:
  void Add(double error) {
    ++count_;
    squares_ += error * error;
    sum_ += std::abs(error);
    largest_ = std::max(largest_, std::abs(error));
  }

  std::optional<PredictionError> Result() const {
    if (count_ == 0 || !std::isfinite(squares_)) return std::nullopt;
    return PredictionError{.rms = std::sqrt(squares_ / count_),
                           .mean_absolute = sum_ / count_,
                           .largest = largest_,
                           .certified = certified_};
  }

  /// Some of the predictions are of a fit without a certificate.
  void Doubt() { certified_ = false; }

 private:
  double count_ = 0.0;
  double squares_ = 0.0;
  double sum_ = 0.0;
  double largest_ = 0.0;
  bool certified_ = true;
};

/// Fits the runs that are not `left_out` and adds the errors of those that are.
/// Returns whether there was a fit.
bool AddErrors(const ComparedLaw& law, std::span<const Observation> runs,
               const std::vector<bool>& left_out, LawScore* score,
               Errors* errors) {
  std::vector<Observation> fitted;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!left_out[i]) fitted.push_back(runs[i]);
  }
  if (fitted.empty()) return false;
  const PartialFit fit = law.fit(fitted);
  if (!fit.predict) return false;
  ++score->refits;
  if (!fit.certified) {
    ++score->uncertified_refits;
    errors->Doubt();
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (left_out[i]) errors->Add(fit.predict(runs[i]) - runs[i].L);
  }
  return true;
}

void SetHeldOutError(const ComparedLaw& law, std::span<const Observation> runs,
                     double above_flops, LawScore* score) {
  std::vector<bool> left_out;
  left_out.reserve(runs.size());
  for (const Observation& run : runs) left_out.push_back(run.C > above_flops);
  Errors errors;
  if (AddErrors(law, runs, left_out, score, &errors)) {
    score->held_out = errors.Result();
  }
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

/// Which fold each run is left out in: drawn by the runs themselves, so that
/// neither their order nor that of the sizes in it matters.
std::vector<int> FoldsOf(std::span<const Observation> runs, int folds) {
  std::vector<int> fold(runs.size());
  int next = 0;
  auto units = ResampleUnits(runs, ResampleUnit::kGroup);
  std::ranges::stable_sort(units, {},
                           [&](const auto& unit) { return KeyOf(runs, unit); });
  for (const auto& unit : units) {
    for (const std::size_t i : unit) fold[i] = next % folds;
    ++next;
  }
  return fold;
}

void SetCrossValidatedError(const ComparedLaw& law,
                            std::span<const Observation> runs, int folds,
                            FitProgress* progress, LawScore* score) {
  const std::vector<int> fold_of = FoldsOf(runs, folds);
  Errors errors;
  for (int fold = 0; fold < folds; ++fold) {
    Report(progress, "comparison: " + law.name + " fold", fold, folds);
    std::vector<bool> left_out;
    left_out.reserve(fold_of.size());
    for (const int of_run : fold_of) left_out.push_back(of_run == fold);
    if (!AddErrors(law, runs, left_out, score, &errors)) return;
  }
  score->cross_validated = errors.Result();
}

/// Akaike's criterion, corrected for few runs.
std::optional<double> Aicc(const ResidualLikelihood& likelihood, int parameters,
                           int runs) {
  if (runs <= parameters + 1) return std::nullopt;
  const double p = parameters;
  return 2.0 * p - 2.0 * likelihood.log_likelihood +
         2.0 * p * (p + 1.0) / (runs - p - 1.0);
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
  score->aicc =
      Aicc(*likelihood, score->parameters, static_cast<int>(runs.size()));
  score->neighbours = NeighboursOf(law, runs);
}

LawScore ScoreOf(const ComparedLaw& law, std::span<const Observation> runs,
                 const ObjectiveOptions& objective,
                 const LawComparison& comparison, FitProgress* progress) {
  LawScore score;
  score.name = law.name;
  score.certified = law.certified;
  score.rms_log_residual = RmsOf(law, runs, objective);
  score.parameters = law.parameters;
  SetLikelihood(law, runs, objective, &score);
  if (comparison.held_out > 0) {
    SetHeldOutError(law, runs, comparison.above_flops, &score);
  }
  if (comparison.folds > 1) {
    SetCrossValidatedError(law, runs, comparison.folds, progress, &score);
  }
  return score;
}

}  // namespace

bool LawScore::reproduces() const { return rms_log_residual <= kRounding; }

LawComparison CompareLaws(const std::vector<ComparedLaw>& laws,
                          std::span<const Observation> runs,
                          const ObjectiveOptions& objective,
                          std::optional<double> above_flops,
                          FitProgress* progress) {
  LawComparison comparison;
  comparison.runs = static_cast<int>(runs.size());
  comparison.above_flops = above_flops.value_or(DefaultCut(runs));
  comparison.held_out = CountAbove(runs, comparison.above_flops);
  const auto units = ResampleUnits(runs, ResampleUnit::kGroup).size();
  comparison.folds = std::min(kMostFolds, static_cast<int>(units));
  for (const ComparedLaw& law : laws) {
    comparison.scores.push_back(
        ScoreOf(law, runs, objective, comparison, progress));
  }
  Judge(&comparison);
  return comparison;
}

}  // namespace isoflop
