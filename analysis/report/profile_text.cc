// Where the profile likelihood of Approach 3 tells another story than the
// bootstrap, for people.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/report/approaches_text.h"
#include "analysis/report/number_text.h"

namespace isoflop {
namespace {

/// Ends that are farther apart than this share of the wider of two intervals
/// are no longer the same to the eye.
constexpr double kMaterial = 0.5;

std::optional<Interval> BootstrapInterval(const FitReport& report,
                                          std::string_view name) {
  if (!report.chinchilla_bootstrap) return std::nullopt;
  const ChinchillaBootstrap& bootstrap = *report.chinchilla_bootstrap;
  if (name == "E") return bootstrap.E.interval95;
  if (name == "A") return bootstrap.A.interval95;
  if (name == "B") return bootstrap.B.interval95;
  return (name == "alpha" ? bootstrap.alpha : bootstrap.beta).interval95;
}

/// In logarithms where all ends have one.
bool Differ(const Interval& profile, const Interval& bootstrap) {
  const bool logs = profile.low > 0.0 && bootstrap.low > 0.0;
  const auto place = [logs](double end) { return logs ? std::log(end) : end; };
  const double low = std::abs(place(profile.low) - place(bootstrap.low));
  const double high = std::abs(place(profile.high) - place(bootstrap.high));
  const double width = std::max(place(profile.high) - place(profile.low),
                                place(bootstrap.high) - place(bootstrap.low));
  return std::max(low, high) > kMaterial * width;
}

bool IsWorthSaying(const ProfileInterval& profile,
                   const std::optional<Interval>& bootstrap) {
  if (!profile.low || !profile.high) return true;
  return bootstrap && Differ({*profile.low, *profile.high}, *bootstrap);
}

}  // namespace

void AddProfiles(const FitReport& report, TextPage* page) {
  for (const LawCoefficient& c : report.chinchilla->coefficients) {
    const auto bootstrap = BootstrapInterval(report, c.name);
    if (!c.profile || !IsWorthSaying(*c.profile, bootstrap)) continue;
    page->Line(fmt::format(
        "{} by profile likelihood: {}{}", c.name, IntervalInWords(*c.profile),
        bootstrap
            ? ", by the bootstrap: " + FormatInterval(*bootstrap, FormatNumber)
            : ""));
  }
}

}  // namespace isoflop
