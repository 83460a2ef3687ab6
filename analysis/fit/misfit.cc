#include "analysis/fit/misfit.h"

#include <algorithm>
#include <cmath>

#include "analysis/fit/law_allocation.h"
#include "lib/numeric/distributions.h"

namespace isoflop {
namespace {

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

/// Which exponent to believe: that of Approach 2 takes no law for granted.
void Believe(const FitReport& report, Misfit* misfit) {
  const LawFit* rival = BestRival(report, true);
  if (rival != nullptr && !misfit->rival.empty()) {
    misfit->believed = rival->name;
    misfit->a = report.more_laws.allocations.at(rival->name).a;
  } else if (Supported(report.isoflop)) {
    misfit->believed = NameOf(LawKind::kIsoflop);
    misfit->a = report.isoflop->a.value;
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
  if (rival != nullptr) {
    misfit.rival = rival->name;
    misfit.rms_ratio =
        report.chinchilla->rms_log_residual / rival->rms_log_residual;
  }
  Believe(report, &misfit);
  return misfit;
}

}  // namespace isoflop
