#include "analysis/fit/law_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "analysis/fit/holdout.h"
#include "analysis/fit/resample.h"
#include "analysis/fit/residual_density.h"
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
    return PredictionError{std::sqrt(squares_ / count_), sum_ / count_,
                           largest_};
  }

 private:
  double count_ = 0.0;
  double squares_ = 0.0;
  double sum_ = 0.0;
  double largest_ = 0.0;
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
  if (!fit.certified) ++score->uncertified_refits;
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
                            LawScore* score) {
  const std::vector<int> fold_of = FoldsOf(runs, folds);
  Errors errors;
  for (int fold = 0; fold < folds; ++fold) {
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

LawScore ScoreOf(const ComparedLaw& law, std::span<const Observation> runs,
                 const ObjectiveOptions& objective,
                 const LawComparison& comparison) {
  LawScore score;
  score.name = law.name;
  score.parameters = law.parameters;
  if (const auto likelihood = LikelihoodOf(law.residuals, objective)) {
    score.parameters += likelihood->constants;
    score.log_likelihood = likelihood->log_likelihood;
    score.aicc = Aicc(*likelihood, score.parameters, comparison.runs);
  }
  if (comparison.held_out > 0) {
    SetHeldOutError(law, runs, comparison.above_flops, &score);
  }
  if (comparison.folds > 1) {
    SetCrossValidatedError(law, runs, comparison.folds, &score);
  }
  return score;
}

/// A law with one of its numbers.
struct Ranked {
  std::string name;
  double number = 0.0;
};

/// The laws that have a number, lowest first.
std::vector<Ranked> Rank(const std::vector<LawScore>& scores, auto number_of) {
  std::vector<Ranked> ranked;
  for (const LawScore& score : scores) {
    if (const std::optional<double> number = number_of(score)) {
      ranked.push_back({score.name, *number});
    }
  }
  std::ranges::stable_sort(ranked, {}, &Ranked::number);
  return ranked;
}

std::optional<double> Rms(const std::optional<PredictionError>& error) {
  if (!error) return std::nullopt;
  return error->rms;
}

constexpr double kEqualAicc = 2.0;
constexpr double kClearAicc = 4.0;

/// Burnham & Anderson's words for a difference of AICc (Model Selection and
/// Multimodel Inference, 2002, section 2.6), which leave gaps between them.
const char* SupportInWords(double difference) {
  if (difference <= kEqualAicc) return "about as much support";
  if (difference < kClearAicc) return "less support";
  if (difference <= 10.0) return "considerably less support";
  return "essentially no support";
}

std::string AiccInWords(const std::vector<Ranked>& ranked) {
  if (ranked.size() < 2) return {};
  const double difference = ranked[1].number - ranked[0].number;
  return fmt::format("AICc is lowest for {}; next is {}, {:.1f} higher: {}",
                     ranked[0].name, ranked[1].name, difference,
                     SupportInWords(difference));
}

std::string ErrorInWords(const std::string& test,
                         const std::vector<Ranked>& ranked) {
  if (ranked.size() < 2) return {};
  return fmt::format(
      "{}: {} predicts best, rms {:.4g} nats; next is {}, {:.4g} ({:+.1f} %)",
      test, ranked[0].name, ranked[0].number, ranked[1].name, ranked[1].number,
      100.0 * (ranked[1].number / ranked[0].number - 1.0));
}

std::string UncertifiedInWords(const LawScore& score) {
  if (score.uncertified_refits == 0) return {};
  return fmt::format(
      "{}: {} of {} fits to some of the runs are not certified, so its errors "
      "of prediction may be another fit's",
      score.name, score.uncertified_refits, score.refits);
}

std::string ConclusionInWords(const LawComparison& comparison,
                              const std::vector<Ranked>& by_aicc) {
  const std::string& by_error = comparison.lowest_held_out.empty()
                                    ? comparison.lowest_cross_validated
                                    : comparison.lowest_held_out;
  const std::string& first = comparison.lowest_aicc;
  if (first.empty() || by_error.empty()) return {};
  const bool same =
      first == by_error && (comparison.lowest_cross_validated.empty() ||
                            comparison.lowest_cross_validated == first);
  if (!same) return "the tests disagree: the data do not single out one law";
  const bool clear =
      by_aicc.size() > 1 && by_aicc[1].number - by_aicc[0].number >= kClearAicc;
  if (clear) return fmt::format("the data prefer {} by every test", first);
  return fmt::format(
      "{} is ahead in every test, but not by enough to say that the data "
      "prefer it",
      first);
}

void AddVerdict(LawComparison* comparison) {
  const auto aicc =
      Rank(comparison->scores, [](const LawScore& s) { return s.aicc; });
  const auto held_out = Rank(comparison->scores,
                             [](const LawScore& s) { return Rms(s.held_out); });
  const auto folds = Rank(comparison->scores, [](const LawScore& s) {
    return Rms(s.cross_validated);
  });
  const auto first = [](const std::vector<Ranked>& ranked) {
    return ranked.empty() ? std::string() : ranked.front().name;
  };
  comparison->lowest_aicc = first(aicc);
  comparison->lowest_held_out = first(held_out);
  comparison->lowest_cross_validated = first(folds);
  for (const std::string& sentence :
       {AiccInWords(aicc),
        ErrorInWords(fmt::format("fitted up to C = {:.3g}, predicting {} runs "
                                 "above",
                                 comparison->above_flops, comparison->held_out),
                     held_out),
        ErrorInWords(fmt::format("{}-fold cross-validation", comparison->folds),
                     folds),
        ConclusionInWords(*comparison, aicc)}) {
    if (!sentence.empty()) comparison->verdict.push_back(sentence);
  }
  for (const LawScore& score : comparison->scores) {
    std::string sentence = UncertifiedInWords(score);
    if (!sentence.empty()) comparison->verdict.push_back(std::move(sentence));
  }
}

}  // namespace

LawComparison CompareLaws(const std::vector<ComparedLaw>& laws,
                          std::span<const Observation> runs,
                          const ObjectiveOptions& objective,
                          std::optional<double> above_flops) {
  LawComparison comparison;
  comparison.runs = static_cast<int>(runs.size());
  comparison.above_flops = above_flops.value_or(DefaultCut(runs));
  comparison.held_out = CountAbove(runs, comparison.above_flops);
  const auto units = ResampleUnits(runs, ResampleUnit::kGroup).size();
  comparison.folds = std::min(kMostFolds, static_cast<int>(units));
  std::optional<double> lowest;
  for (const ComparedLaw& law : laws) {
    comparison.scores.push_back(ScoreOf(law, runs, objective, comparison));
    const auto& aicc = comparison.scores.back().aicc;
    if (aicc && (!lowest || *aicc < *lowest)) lowest = aicc;
  }
  for (LawScore& score : comparison.scores) {
    if (score.aicc) score.aicc_difference = *score.aicc - *lowest;
  }
  AddVerdict(&comparison);
  return comparison;
}

}  // namespace isoflop
