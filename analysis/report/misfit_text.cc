// What to believe where the form of the Chinchilla law does not suit the data.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/report/fit_words.h"

namespace isoflop {
namespace {

constexpr double kNearExponent = 0.02;  // where Approach 2 has no interval

const Estimate* ParabolasOf(const FitReport& report) {
  return Supported(report.isoflop) ? &report.isoflop->a : nullptr;
}

std::string ExponentInWords(const Estimate& a) {
  if (!a.spread) return fmt::format("{:.4f}", a.value);
  const Interval& interval = a.spread->interval95;
  return fmt::format("{:.4f} [{:.4f}, {:.4f}]", a.value, interval.low,
                     interval.high);
}

bool Supports(const Estimate& parabolas, double a) {
  if (!parabolas.spread) return std::abs(parabolas.value - a) <= kNearExponent;
  const Interval& interval = parabolas.spread->interval95;
  return interval.low <= a && a <= interval.high;
}

std::string TrendInWords(const ResidualTrend& trend) {
  const bool bend = std::abs(trend.bend) > std::abs(trend.slope);
  return fmt::format(
      ". The residuals of Approach 3 go with {}{} (rank correlation {:+.2f}, "
      "by chance up to {:.2f})",
      bend ? "the distance from the middle of " : "", trend.quantity,
      bend ? trend.bend : trend.slope, trend.significant);
}

std::string RivalInWords(const LawFit& rival, const LawFit& chinchilla) {
  if (rival.rms_log_residual <= kRounding) {
    return fmt::format(", and {} reproduces the data", rival.name);
  }
  return fmt::format(
      ", and {} leaves residuals {:.3g} times smaller: rms {:.2g} % instead of "
      "{:.2g} %",
      rival.name, chinchilla.rms_log_residual / rival.rms_log_residual,
      100.0 * rival.rms_log_residual, 100.0 * chinchilla.rms_log_residual);
}

/// What Approach 2 says to the exponent of another law.
std::string SupportInWords(const FitReport& report, double a) {
  const Estimate* parabolas = ParabolasOf(report);
  if (parabolas == nullptr) return "";
  return fmt::format(
      ", which the parabolas of Approach 2 {} ({})",
      Supports(*parabolas, a) ? "support" : "do not support: look at both",
      ExponentInWords(*parabolas));
}

std::string AdviceInWords(const FitReport& report) {
  return AskedFor(report.options, LawKind::kCoupled)
             ? "; no other law that was asked for suits them much better"
             : "; --laws all tries other forms, the coupled law among them, "
               "and compares them";
}

/// What of Approach 3 is not to be believed.
std::string AgainstInWords(const FitReport& report) {
  const double a = ParamsExponent(report.chinchilla->law);
  const Estimate* parabolas = ParabolasOf(report);
  if (parabolas != nullptr && Supports(*parabolas, a)) {
    return fmt::format(
        "; that of Approach 3, {:.4f}, is near, but its E and its allocations "
        "are not to be relied on",
        a);
  }
  return fmt::format(
      "; not the exponent {:.4f} of Approach 3, its E or its allocations", a);
}

/// Which exponent to believe.
std::string BeliefInWords(const FitReport& report) {
  const Misfit& misfit = *report.misfit;
  const std::string advice =
      misfit.rival.empty() ? AdviceInWords(report) : std::string();
  if (misfit.believed.empty()) {
    return fmt::format(
        ". Do not believe the exponent {:.4f} of Approach 3, its E "
        "or its allocations{}",
        ParamsExponent(report.chinchilla->law), advice);
  }
  if (misfit.believed == NameOf(LawKind::kIsoflop)) {
    return fmt::format(
        ". For the exponent of N* believe the parabolas of Approach 2, which "
        "take no law for granted, a = {}{}{}",
        ExponentInWords(*ParabolasOf(report)), AgainstInWords(report), advice);
  }
  return fmt::format(". For the exponent of N* believe {}, a = {:.4f}{}{}",
                     misfit.believed, *misfit.a,
                     SupportInWords(report, *misfit.a), AgainstInWords(report));
}

}  // namespace

std::string MisfitInWords(const FitReport& report) {
  const Misfit& misfit = *report.misfit;
  // What to do comes first: a short screen has no place for the reasons.
  std::string words =
      "the form of the Chinchilla law does not suit these data, whatever its "
      "certificate says" +
      BeliefInWords(report) + TrendInWords(misfit.trend);
  if (!misfit.rival.empty()) {
    words += RivalInWords(
        *std::ranges::find(report.more_laws.fits, misfit.rival, &LawFit::name),
        *report.chinchilla);
  }
  return words;
}

}  // namespace isoflop
