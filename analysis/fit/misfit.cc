#include "analysis/fit/misfit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/fit/law_allocation.h"
#include "lib/numeric/distributions.h"

namespace isoflop {
namespace {

constexpr double kNearExponent = 0.02;  // where Approach 2 has no interval

/// Per degree of freedom, of log residuals; nothing when none are left.
std::optional<double> VarianceOf(const LawFit& fit) {
  const double degrees = fit.points - fit.free;
  if (degrees < 1.0) return std::nullopt;
  return fit.rms_log_residual * fit.rms_log_residual * fit.points / degrees;
}

bool IsOfSizeAndData(const LawFit& fit) {
  return fit.name == "coupled" || fit.name == "kaplan_joint" ||
         fit.name == "overtraining" || fit.name == "farseer";
}

bool IsFarBetter(const LawFit& law, const LawFit& chinchilla) {
  const auto variance = VarianceOf(law);
  const auto other = VarianceOf(chinchilla);
  if (law.status != FitStatus::kOk || !law.certificate.certified() ||
      !IsOfSizeAndData(law) || !variance || !other) {
    return false;
  }
  if (*other < kSmallerVariance * *variance) return false;
  if (law.rms_log_residual <= kRounding) return true;
  return FUpperTail(*other / *variance, chinchilla.points - chinchilla.free,
                    law.points - law.free) < kByChance;
}

/// The law of least variance among those far better, or null.
const LawFit* BestRival(const FitReport& report, bool with_allocation) {
  const LawFit* best = nullptr;
  for (const LawFit& fit : report.more_laws.fits) {
    if (!IsFarBetter(fit, *report.chinchilla)) continue;
    if (with_allocation && !report.more_laws.allocations.contains(fit.name)) {
      continue;
    }
    if (best == nullptr || *VarianceOf(fit) < *VarianceOf(*best)) best = &fit;
  }
  return best;
}

const Estimate* ParabolasOf(const FitReport& report) {
  if (!report.isoflop || report.isoflop->status != FitStatus::kOk) {
    return nullptr;
  }
  return &report.isoflop->a;
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
      "the residuals of Approach 3 go with {}{} (rank correlation {:+.2f}, by "
      "chance up to {:.2f})",
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

bool HasOtherForms(const FitReport& report) {
  return std::ranges::find(report.options.laws, LawKind::kCoupled) !=
         report.options.laws.end();
}

std::string AdviceInWords(const FitReport& report) {
  return HasOtherForms(report)
             ? "; no other law that was asked for suits them much better"
             : "; --laws all tries other forms, the coupled law among them, "
               "and "
               "compares them";
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

/// Which exponent to believe, and its words.
void Believe(const FitReport& report, Misfit* misfit) {
  const Estimate* parabolas = ParabolasOf(report);
  const std::string advice =
      misfit->rival.empty() ? AdviceInWords(report) : std::string();
  if (const LawFit* rival = BestRival(report, true);
      rival != nullptr && advice.empty()) {
    misfit->believed = rival->name;
    misfit->a = report.more_laws.allocations.at(rival->name).a;
    misfit->in_words += fmt::format(
        ". For the exponent of N* believe {}, a = {:.4f}{}{}", rival->name,
        *misfit->a, SupportInWords(report, *misfit->a), AgainstInWords(report));
  } else if (parabolas != nullptr) {
    misfit->believed = NameOf(LawKind::kIsoflop);
    misfit->a = parabolas->value;
    misfit->in_words += fmt::format(
        ". For the exponent of N* believe the parabolas of Approach 2, which "
        "take no law for granted, a = {}{}{}",
        ExponentInWords(*parabolas), AgainstInWords(report), advice);
  } else {
    misfit->in_words += fmt::format(
        ". Do not believe the exponent {:.4f} of Approach 3, its E "
        "or its allocations{}",
        ParamsExponent(report.chinchilla->law), advice);
  }
}

/// Least squares gives way to one wild run, and the others show it in a row.
bool BendsToOneRun(const FitReport& report) {
  const LawFit& fit = *report.chinchilla;
  const double largest = fit.max_log_residual * fit.max_log_residual;
  return report.options.objective.loss == LossKind::kL2 &&
         2.0 * largest > fit.rms_log_residual * fit.rms_log_residual *
                             static_cast<double>(fit.points);
}

}  // namespace

std::optional<Misfit> FindMisfit(const FitReport& report) {
  const auto& residuals = report.diagnostics.residuals;
  if (!residuals || report.chinchilla->rms_log_residual <= kRounding ||
      BendsToOneRun(report)) {
    return std::nullopt;
  }
  const ResidualTrend& trend = Strongest(*residuals);
  const double deviations =
      kStrongDeviations /
      std::sqrt(static_cast<double>(report.used.size()) - 1.0);
  const bool strong = trend.size() > std::max(kStrongTrend, deviations);
  const LawFit* rival = trend.notable() ? BestRival(report, false) : nullptr;
  if (!strong && rival == nullptr) return std::nullopt;
  Misfit misfit;
  misfit.trend = trend;
  misfit.in_words =
      "the form of the Chinchilla law does not suit these data, whatever its "
      "certificate says: " +
      TrendInWords(trend);
  if (rival != nullptr) {
    misfit.rival = rival->name;
    misfit.rms_ratio =
        report.chinchilla->rms_log_residual / rival->rms_log_residual;
    misfit.in_words += RivalInWords(*rival, *report.chinchilla);
  }
  Believe(report, &misfit);
  return misfit;
}

}  // namespace isoflop
