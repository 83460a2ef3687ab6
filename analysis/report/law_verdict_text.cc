// Which law the data prefer, for people.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>
#include <span>

#include "analysis/diagnose/law_verdict.h"
#include "analysis/report/fit_words.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

/// "+8.5 %", or "9.6 times as much" where percents would be many.
std::string MoreInWords(double larger, double smaller) {
  const double ratio = larger / smaller;
  if (ratio < kClearRatio) {
    return fmt::format("{:+.1f} %", 100.0 * (ratio - 1.0));
  }
  return fmt::format("{:.3g} times as much", ratio);
}

/// Burnham & Anderson's words for a difference of AICc (Model Selection and
/// Multimodel Inference, 2002, section 2.6), which leave gaps between them.
const char* SupportInWords(double difference) {
  if (difference <= 2.0) return "about as much support";
  if (difference < kClearAicc) return "less support";
  if (difference <= 10.0) return "considerably less support";
  return "essentially no support";
}

std::string AiccInWords(const Ranking& ranking) {
  if (ranking.size() < 2) return {};
  const double difference = ranking[1].number - ranking[0].number;
  return fmt::format("AICc is lowest for {}; next is {}, {:.1f} higher: {}",
                     ranking[0].name, ranking[1].name, difference,
                     SupportInWords(difference));
}

std::string NoAiccInWords(const LawScore& best) {
  return fmt::format(
      "AICc decides nothing here: the residuals of {}, for which it is lowest, "
      "go together in neighbouring runs (rank correlation {:.2f}, by chance up "
      "to {:.2f}), and it takes them for independent noise",
      best.name, best.neighbours->correlation, best.neighbours->by_chance);
}

/// The laws that share the lowest number, "a" or "a and b".
std::string TiedInWords(const Ranking& ranking) {
  std::vector<std::string> names;
  for (const Ranked& ranked : std::span(ranking).first(CountTied(ranking))) {
    names.push_back(ranked.name);
  }
  return fmt::format("{}", fmt::join(names, " and "));
}

/// "; next is b, 0.2 (+8.5 %)" of the law after those; nothing without one.
std::string NextInWords(const Ranking& ranking,
                        const std::function<std::string(double)>& number) {
  const std::size_t tied = CountTied(ranking);
  if (tied == ranking.size()) return {};
  const Ranked& next = ranking[tied];
  return fmt::format("; next is {}, {} ({})", next.name, number(next.number),
                     MoreInWords(next.number, ranking[0].number));
}

/// The ending of a verb of which one law or several are the subject.
const char* VerbEnding(const Ranking& ranking) {
  return CountTied(ranking) > 1 ? "" : "s";
}

std::string ResidualsInWords(const Ranking& by_rms) {
  if (by_rms.size() < 2) return {};
  const auto percent = [](double rms) {
    return fmt::format("{:.2g} %", 100.0 * rms);
  };
  return fmt::format("{} leave{} the smallest residuals, rms {}{}",
                     TiedInWords(by_rms), VerbEnding(by_rms),
                     percent(by_rms[0].number), NextInWords(by_rms, percent));
}

std::string ErrorInWords(const std::string& test, const Ranking& all,
                         LossUnit unit) {
  const Ranking ranking = Counting(all);
  if (all.size() < 2 || ranking.empty()) return {};
  const auto nats = [](double rms) { return fmt::format("{:.4g}", rms); };
  const std::string best = fmt::format(
      "{} predict{} best, rms {} {}", TiedInWords(ranking), VerbEnding(ranking),
      nats(ranking[0].number), ShortWordOf(unit));
  if (!Decided(all)) {
    return fmt::format(
        "{}: {} has the lowest error, rms {} {}, but by fits that are not "
        "all certified, which does not count; of the others {}",
        test, all[0].name, nats(all[0].number), ShortWordOf(unit), best);
  }
  return fmt::format("{}: {}{}", test, best, NextInWords(all, nats));
}

std::string UncertifiedInWords(const LawScore& score) {
  if (score.certified) return {};
  return fmt::format(
      "{}: not certified, so it is not compared by AICc, by its residuals or "
      "by its predictions",
      score.name);
}

std::string UncertifiedRefitsInWords(const LawScore& score) {
  if (score.uncertified_refits == 0) return {};
  return fmt::format(
      "{}: {} of {} fits to some of the runs are not certified, so its errors "
      "of prediction may be another fit's, and such an error does not count",
      score.name, score.uncertified_refits, score.refits);
}

std::string ConclusionInWords(const LawTests& tests, ResidualNoise noise) {
  const std::vector<std::string> winners = tests.winners(noise);
  if (tests.aicc.size() < 2 ||
      (tests.held_out.empty() && tests.folds.empty())) {
    return {};
  }
  if (winners.empty()) return "no test decides between these laws";
  const std::string& first = winners.front();
  if (std::ranges::any_of(winners, [&](const auto& w) { return w != first; })) {
    return "the tests disagree: the data do not single out one law";
  }
  if (noise == ResidualNoise::kCorrelated) {
    return tests.clear_by_residuals()
               ? fmt::format(
                     "{} is preferred by its residuals and by every "
                     "test of prediction{}; with no independent noise "
                     "to judge by, no significance is claimed",
                     first, tests.all_decided() ? "" : " that counts")
               : fmt::format(
                     "{} is ahead in every test of prediction, but "
                     "with no independent noise to judge by, no "
                     "significance is claimed",
                     first);
  }
  if (tests.aicc[1].number - tests.aicc[0].number >= kClearAicc) {
    return fmt::format("the data prefer {} by every test{}", first,
                       tests.all_decided() ? "" : " that counts");
  }
  return fmt::format(
      "{} is ahead in every test, but not by enough to say that the data "
      "prefer it",
      first);
}

/// Of data that laws reproduce.
std::vector<std::string> NoNoiseInWords(const Ranking& by_rms) {
  std::vector<std::string> names;
  for (const Ranked& ranked : by_rms) {
    if (ranked.number <= kRounding) names.push_back(ranked.name);
  }
  const bool several = names.size() > 1;
  std::string words = fmt::format(
      "the residuals of {} are rounding (rms {:.1g}): there is no noise to "
      "judge by",
      names.front(), by_rms.front().number);
  std::string reproduced = fmt::format(
      "{} reproduce{} the data", fmt::join(names, " and "), several ? "" : "s");
  if (several) {
    reproduced +=
        fmt::format(", {} with the fewest coefficients", names.front());
  }
  if (names.size() < by_rms.size()) {
    const Ranked& next = by_rms[names.size()];
    reproduced += fmt::format("; next is {} with rms {:.2g} %", next.name,
                              100.0 * next.number);
  }
  return {words, reproduced};
}

std::vector<std::string> TestsInWords(const LawTests& tests,
                                      const LawComparison& comparison,
                                      LossUnit unit) {
  std::vector<std::string> words;
  if (comparison.noise == ResidualNoise::kCorrelated) {
    words.push_back(NoAiccInWords(*std::ranges::find(
        comparison.scores, FirstOf(tests.aicc), &LawScore::name)));
    words.push_back(ResidualsInWords(tests.rms));
  } else {
    words.push_back(AiccInWords(tests.aicc));
  }
  words.push_back(ErrorInWords(
      fmt::format("fitted up to C = {:.3g}, predicting {} above",
                  comparison.above_flops, Counted(comparison.held_out, "run")),
      tests.held_out, unit));
  words.push_back(
      ErrorInWords(fmt::format("{}-fold cross-validation", comparison.folds),
                   tests.folds, unit));
  words.push_back(ConclusionInWords(tests, comparison.noise));
  return words;
}

}  // namespace

std::vector<std::string> VerdictInWords(const LawComparison& comparison,
                                        LossUnit unit) {
  const LawTests tests = LawTestsOf(comparison);
  std::vector<std::string> words;
  if (tests.rms.empty()) {
    words = {"none of these laws is certified, so none is preferred"};
  } else if (comparison.noise == ResidualNoise::kNone) {
    words = NoNoiseInWords(tests.rms);
  } else {
    words = TestsInWords(tests, comparison, unit);
  }
  for (const LawScore& score : comparison.scores) {
    words.push_back(UncertifiedInWords(score));
    words.push_back(UncertifiedRefitsInWords(score));
  }
  std::erase(words, "");
  return words;
}

}  // namespace isoflop
