#include "analysis/page/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/page/figure_parts.h"
#include "analysis/report/number_text.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

using Sentences = std::vector<std::string>;

/// " (95 % interval 0.4 to 0.6)", or nothing.
std::string IntervalText(const std::optional<Extent>& interval,
                         NumberFormat format) {
  if (!interval) return {};
  return fmt::format(" (95 % interval {} to {})", format(interval->low),
                     format(interval->high));
}

std::optional<Extent> IntervalOf(const FitDocument& fit, const char* name) {
  const auto found = fit.law_intervals.find(name);
  if (found == fit.law_intervals.end()) return std::nullopt;
  return found->second;
}

/// "0.36" with its sign, which FormatNumber is not for.
std::string Signed(double value) {
  return value < 0.0 ? "\u2212" + FormatNumber(-value) : FormatNumber(value);
}

void AddDoubts(const FitDocument& fit, Sentences* text) {
  if (!fit.asked_for_law) {
    text->push_back(
        "No law of N and D was fitted here: Approach 3 was not asked for.");
  } else if (!fit.law) {
    text->push_back(fmt::format(
        "These data do not support a law of N and D (Approach 3): {}.",
        fit.law_reason.empty() ? "no reason is given" : fit.law_reason));
  } else if (!fit.certified) {
    text->push_back(fmt::format(
        "The law below is not certified to be the best fit ({}), so take none "
        "of its numbers for more than a hint.",
        fit.certificate.empty() ? "fit.json has no certificate"
                                : fit.certificate));
  }
  if (!fit.misfit.empty()) {
    text->push_back(
        "The form of the law does not suit these data: " + fit.misfit + ".");
  }
}

/// Which of two grows faster, as far as the interval tells.
std::string SharesInWords(const DocumentNumber& a) {
  const double low = a.interval95 ? a.interval95->low : a.value;
  const double high = a.interval95 ? a.interval95->high : a.value;
  if (!a.interval95) {
    return "and how certain that is cannot be told from these runs";
  }
  if (low <= 0.5 && high >= 0.5) {
    return "which does not exclude that size and data should grow alike (0.5)";
  }
  return low > 0.5 ? "so size should grow faster than data"
                   : "so data should grow faster than size";
}

void AddExponents(const FitDocument& fit, Sentences* text) {
  if (fit.law) {
    const DocumentNumber a{ParamsExponent(*fit.law), IntervalOf(fit, "a")};
    text->push_back(fmt::format(
        "By the fitted law (Approach 3) the best number of parameters grows as "
        "C to the power {}{}, {}.",
        FormatNumber(a.value), IntervalText(a.interval95, FormatNumber),
        SharesInWords(a)));
  }
  const auto other = [&](const DocumentApproach& approach, const char* name) {
    if (!approach.exponents) return;
    const DocumentNumber& a = approach.exponents->a;
    text->push_back(fmt::format("{} gives {}{}.", name, Signed(a.value),
                                IntervalText(a.interval95, Signed)));
  };
  other(fit.isoflop, "Approach 2, by the minima of the IsoFLOP profiles,");
  other(fit.envelope, "Approach 1, from the lower envelope,");
}

/// Approaches whose exponents lie apart although each is told.
void AddDisagreement(const FitDocument& fit, Sentences* text) {
  constexpr double kApart = 0.1;
  std::vector<DocumentNumber> found;
  if (fit.law) {
    found.push_back({ParamsExponent(*fit.law), IntervalOf(fit, "a")});
  }
  for (const DocumentApproach* approach : {&fit.isoflop, &fit.envelope}) {
    if (approach->exponents) found.push_back(approach->exponents->a);
  }
  const auto apart = [](const DocumentNumber& one, const DocumentNumber& two) {
    if (!one.interval95 || !two.interval95) {
      return std::abs(one.value - two.value) > kApart;
    }
    return one.interval95->low > two.interval95->high ||
           two.interval95->low > one.interval95->high;
  };
  for (const DocumentNumber& one : found) {
    for (const DocumentNumber& two : found) {
      if (!apart(one, two)) continue;
      text->push_back(
          "The approaches do not agree, so at least one of them is misled.");
      return;
    }
  }
}

void AddWarningCount(const FitDocument& fit, Sentences* text) {
  if (fit.warnings.empty()) return;
  text->push_back(fmt::format(
      "The fit has {}, each beside the figure that it concerns: read them "
      "before using any of these numbers.",
      Counted(fit.warnings.size(), "warning")));
}

void AddLoss(const FitDocument& fit, Sentences* text) {
  if (!fit.law) return;
  const auto E = IntervalOf(fit, "E");
  if (fit.law->E == 0.0) {
    text->push_back("They show no irreducible loss: E is 0, its lower bound.");
    return;
  }
  text->push_back(fmt::format(
      "The loss that no size and no amount of data removes is put at {} "
      "{}{}.",
      FormatNumber(fit.law->E), fit.loss_unit_in_words,
      IntervalText(E, FormatNumber)));
}

bool Warns(const FitDocument& fit, std::string_view words) {
  return std::ranges::any_of(fit.warnings, [words](const std::string& warning) {
    return warning.find(words) != std::string::npos;
  });
}

void AddAllocation(const FitDocument& fit, Sentences* text) {
  if (!fit.law || fit.allocations.empty()) return;
  if (Warns(fit, "below the least that any model can have")) {
    text->push_back(
        "Beyond the data it predicts less than any model can reach, so it "
        "does not hold there, and its allocations are not to be gone by.");
    return;
  }
  const auto nearest = std::ranges::min_element(
      fit.allocations, {}, &DocumentAllocation::extrapolation_decades);
  const DocumentAllocation& at = *nearest;
  const auto counts = [](const std::optional<Extent>& interval) {
    return interval ? fmt::format(" ({} to {})", FormatCount(interval->low),
                                  FormatCount(interval->high))
                    : std::string();
  };
  const double decades = at.extrapolation_decades;
  text->push_back(fmt::format(
      "At a budget of {} FLOPs{} it would take {} parameters{} and {} "
      "tokens{}, and expects a loss of {}{}.",
      FlopsText(at.C),
      decades > 0.0 ? fmt::format(", {} beyond the data,", DecadesText(decades))
                    : std::string(),
      FormatCount(at.N.value), counts(at.N.interval95), FormatCount(at.D.value),
      counts(at.D.interval95), FormatNumber(at.loss.value),
      IntervalText(at.loss.interval95, FormatNumber)));
}

void AddTest(const FitDocument& fit, Sentences* text) {
  for (const DocumentHoldout& test : fit.holdouts) {
    if (!test.law) continue;
    text->push_back(fmt::format(
        "Fitted without the {}, the law missed their losses by {} {} in the "
        "mean, up to {} beyond what it knew.",
        test.held_out == 1 ? std::string("dearest run")
                           : fmt::format("{} dearest runs", test.held_out),
        FormatNumber(test.mean_absolute_error), fit.loss_unit_in_words,
        DecadesText(test.extrapolation_decades)));
    return;
  }
  if (fit.law) {
    text->push_back("Nothing here has tested how far it extrapolates.");
  }
}

void AddSweep(const SweepFacts& sweep, Sentences* text) {
  const RunTally& tally = sweep.tally;
  std::string line = fmt::format("{} of {} runs of the sweep ended well",
                                 tally.ok, tally.planned);
  if (tally.failed > 0) line += fmt::format(", {} failed", tally.failed);
  if (tally.diverged > 0) line += fmt::format(", {} diverged", tally.diverged);
  if (tally.pending() > 0) {
    line += fmt::format(", {} are not trained yet", tally.pending());
  }
  text->push_back(line + ".");
}

}  // namespace

std::vector<std::string> Findings(const ReportSource& source) {
  Sentences text;
  if (source.fit && !source.fit->has_curve_only) AddDoubts(*source.fit, &text);
  if (source.sweep) AddSweep(*source.sweep, &text);
  if (!source.fit) {
    text.push_back(source.sweep ? "No law has been fitted to them yet."
                                : "No sweep has been trained here yet.");
    return text;
  }
  const FitDocument& fit = *source.fit;
  if (fit.has_curve_only) {
    text.push_back(
        "Two columns of a table were fitted, not runs of N and D: the laws "
        "stand in fit.json.");
    return text;
  }
  AddExponents(fit, &text);
  AddDisagreement(fit, &text);
  AddLoss(fit, &text);
  AddAllocation(fit, &text);
  AddTest(fit, &text);
  AddWarningCount(fit, &text);
  return text;
}

}  // namespace isoflop
