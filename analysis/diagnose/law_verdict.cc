#include "analysis/diagnose/law_verdict.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace isoflop {
namespace {

/// Whether `a`, which is not below b, is b but for rounding: minima are only
/// reached to some digits.
bool SameNumber(double a, double b) {
  constexpr double kDigits = 1e-6;
  return a - b <= kDigits * std::abs(b) + kRounding;
}

/// Numbers below `floor` are equal.
Ranking RankBy(const LawComparison& comparison, double floor, auto number_of) {
  Ranking ranking;
  for (const LawScore& score : comparison.scores) {
    const std::optional<double> number = std::invoke(number_of, score);
    if (!score.certified || !number) continue;
    ranking.push_back({score.name, *number, score.parameters});
  }
  const auto floored = [floor](const Ranked& ranked) {
    return std::max(ranked.number, floor);
  };
  std::ranges::stable_sort(ranking, {}, floored);
  if (ranking.empty()) return ranking;
  const double lowest = floored(ranking.front());
  const auto tied = std::ranges::find_if(ranking, [&](const Ranked& ranked) {
    return !SameNumber(floored(ranked), lowest);
  });
  std::ranges::stable_sort(ranking.begin(), tied, {}, &Ranked::parameters);
  return ranking;
}

Ranking RankByError(const LawComparison& comparison,
                    std::optional<PredictionError> LawScore::*error) {
  Ranking ranking =
      RankBy(comparison, kNoError, [error](const LawScore& score) {
        return score.*error ? std::optional((score.*error)->rms) : std::nullopt;
      });
  for (Ranked& ranked : ranking) {
    const LawScore& score =
        *std::ranges::find(comparison.scores, ranked.name, &LawScore::name);
    ranked.counts = (score.*error)->certified;
  }
  return ranking;
}

void SetDifferences(const Ranking& by_aicc, LawComparison* comparison) {
  if (by_aicc.empty()) return;
  const double lowest = std::ranges::min(by_aicc, {}, &Ranked::number).number;
  for (LawScore& score : comparison->scores) {
    if (!score.certified || !score.aicc) continue;
    score.aicc_difference = *score.aicc - lowest;
  }
}

ResidualNoise NoiseOf(const LawTests& tests, const LawComparison& comparison) {
  if (!tests.rms.empty() && tests.rms.front().number <= kRounding) {
    return ResidualNoise::kNone;
  }
  if (tests.aicc.empty()) return ResidualNoise::kIndependent;
  const auto& neighbours =
      std::ranges::find(comparison.scores, FirstOf(tests.aicc), &LawScore::name)
          ->neighbours;
  return neighbours && neighbours->notable() ? ResidualNoise::kCorrelated
                                             : ResidualNoise::kIndependent;
}

}  // namespace

Ranking Counting(Ranking ranking) {
  std::erase_if(ranking, [](const Ranked& ranked) { return !ranked.counts; });
  return ranking;
}

std::size_t CountTied(const Ranking& ranking) {
  if (ranking.empty()) return 0;
  const double lowest = std::ranges::min(ranking, {}, &Ranked::number).number;
  return static_cast<std::size_t>(
      std::ranges::count_if(ranking, [lowest](const Ranked& ranked) {
        return SameNumber(ranked.number, lowest);
      }));
}

std::string FirstOf(const Ranking& ranking) {
  return ranking.empty() ? std::string() : ranking.front().name;
}

bool Decided(const Ranking& ranking) {
  return !ranking.empty() && ranking.front().counts;
}

bool LawTests::clear_by_residuals() const {
  return rms.size() > 1 && rms[1].number >= kClearRatio * rms[0].number;
}

std::vector<std::string> LawTests::winners(ResidualNoise noise) const {
  std::vector<std::string> names;
  if (noise == ResidualNoise::kIndependent) {
    names.push_back(FirstOf(aicc));
  } else if (clear_by_residuals()) {
    names.push_back(FirstOf(rms));
  }
  if (Decided(held_out)) names.push_back(FirstOf(held_out));
  if (Decided(folds)) names.push_back(FirstOf(folds));
  return names;
}

bool LawTests::all_decided() const {
  return (held_out.empty() || Decided(held_out)) &&
         (folds.empty() || Decided(folds));
}

LawTests LawTestsOf(const LawComparison& comparison) {
  return {.aicc = RankBy(comparison, -1e300, &LawScore::aicc),
          .rms = RankBy(comparison, kRounding, &LawScore::rms_log_residual),
          .held_out = RankByError(comparison, &LawScore::held_out),
          .folds = RankByError(comparison, &LawScore::cross_validated)};
}

void Judge(LawComparison* comparison) {
  const LawTests tests = LawTestsOf(*comparison);
  comparison->noise = NoiseOf(tests, *comparison);
  comparison->lowest_held_out = FirstOf(Counting(tests.held_out));
  comparison->lowest_cross_validated = FirstOf(Counting(tests.folds));
  if (tests.rms.empty() || comparison->noise == ResidualNoise::kNone) return;
  comparison->lowest_aicc = FirstOf(tests.aicc);
  SetDifferences(tests.aicc, comparison);
}

}  // namespace isoflop
