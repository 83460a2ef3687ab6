#include "analysis/report/plausibility.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/observe/law_run.h"
#include "analysis/regress/span_support.h"
#include "analysis/report/fit_words.h"

namespace isoflop {
namespace {

using Strings = std::vector<std::string>;

void WarnOfThinLine(const FitReport& report, Strings* warnings) {
  if (!Supported(Surface(report))) return;
  const auto line = RisingLineOf(RunsOf(report.used));
  if (!line || line->width >= kThinLine) return;
  warnings->push_back(fmt::format(
      "N and D rise together: all runs are near D ~ N^{:.2g}, within a factor "
      "of {:.2g} in D, so the effects of size and of data on the loss can "
      "hardly be told apart, and alpha, beta and a are guesses; more runs of "
      "some of these sizes, with a quarter of their D and with four times as "
      "much, would tell",
      line->slope, line->width));
}

void WarnOfSteepExponents(const FitReport& report, Strings* warnings) {
  const auto& surface = Surface(report);
  if (!Supported(surface)) return;
  const std::string words = TooSteepInWords(surface->law);
  if (!words.empty()) warnings->push_back("Approach 3: " + words);
}

/// `a` is the exponent of N* in C, 1 - a that of D*.
void WarnOfFallingOptimum(const char* approach, double a, Strings* warnings) {
  if (a >= 0.0 && a <= 1.0) return;
  warnings->push_back(fmt::format(
      "{}: a = {:.4g}, so {} would fall as compute rises: noise, or something "
      "else that changes along with the budget, decides where its optima are",
      approach, a, a < 0.0 ? "N*" : "D*"));
}

bool IsSeen(double ratio, const std::optional<ObservedReach>& reach) {
  if (!reach) return false;
  const Reach& seen = reach->tokens_per_param;
  return ratio >= seen.smallest && ratio <= seen.largest;
}

void WarnOfTokensPerParam(const FitReport& report, Strings* warnings) {
  for (const Allocation& allocation : report.allocations) {
    const double ratio = allocation.tokens_per_param.value;
    const bool usual =
        ratio >= kFewestTokensPerParam && ratio <= kMostTokensPerParam;
    if (usual || IsSeen(ratio, report.observations.reach)) continue;
    warnings->push_back(fmt::format(
        "at C = {:.3g} the allocation has {:.2g} tokens per parameter, which "
        "nobody trains with: the law is not to be trusted there",
        allocation.flops, ratio));
  }
}

void WarnOfBeatenOptimum(const FitReport& report, double bayes_loss,
                         Strings* warnings) {
  for (const Allocation& allocation : report.allocations) {
    if (allocation.loss.value >= bayes_loss) continue;
    warnings->push_back(fmt::format(
        "at C = {:.3g} the predicted loss, {:.4g}, is below the least that any "
        "model can have, {:.4g}: the law does not hold there",
        allocation.flops, allocation.loss.value, bayes_loss));
  }
}

}  // namespace

std::string TooSteepInWords(const Chinchilla& law) {
  const bool by_size = law.alpha >= law.beta;
  const double steepest = std::max(law.alpha, law.beta);
  if (steepest <= kSteepestExponent) return {};
  return fmt::format(
      "{} = {:.3g} is steeper than losses are (at most about 1): something "
      "else that changes along with {} makes the loss fall, and beyond these "
      "runs the law means nothing",
      by_size ? "alpha" : "beta", steepest, by_size ? "N" : "D");
}

Strings PlausibilityWarnings(const FitReport& report, const ExactLoss& exact) {
  Strings warnings;
  WarnOfThinLine(report, &warnings);
  WarnOfSteepExponents(report, &warnings);
  if (Supported(report.envelope)) {
    WarnOfFallingOptimum("Approach 1", report.envelope->a.value, &warnings);
  }
  if (Supported(report.isoflop)) {
    WarnOfFallingOptimum("Approach 2", report.isoflop->a.value, &warnings);
  }
  WarnOfTokensPerParam(report, &warnings);
  const auto& least = exact.bayes_loss ? exact.bayes_loss : exact.bayes_risk;
  if (least) WarnOfBeatenOptimum(report, *least, &warnings);
  return warnings;
}

}  // namespace isoflop
