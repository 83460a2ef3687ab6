// Spreads of numbers that some resamples lack.

#pragma once

#include <cmath>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/fit/bootstrap.h"
#include "analysis/fit/estimate.h"
#include "analysis/fit/resampled_spread.h"

namespace isoflop {

/// Returns what the replicates that have `number` give for it, in order; what
/// is not finite is left out.
template <typename Number>
std::vector<double> ValuesOf(const std::vector<Replicate>& replicates,
                             const Number& number) {
  std::vector<double> values;
  values.reserve(replicates.size());
  for (const Replicate& replicate : replicates) {
    const std::optional<double> value = number(replicate);
    if (value && std::isfinite(*value)) values.push_back(*value);
  }
  return values;
}

/// Whether `values` of so many replicates are enough to tell a spread: half of
/// them, and at least two.
inline bool AreMost(const std::vector<double>& values,
                    const std::vector<Replicate>& replicates) {
  return values.size() >= 2 && 2 * values.size() >= replicates.size();
}

/// Returns the spread of `number`, a function of a replicate that may have no
/// value, around its estimate, if at least half of the replicates have one.
template <typename Number>
std::optional<Spread> SpreadOfMost(const std::vector<Replicate>& replicates,
                                   const Number& number, double estimate,
                                   int units) {
  std::vector<double> values = ValuesOf(replicates, number);
  if (!AreMost(values, replicates)) return std::nullopt;
  return SpreadOf(std::move(values), estimate, units);
}

/// Returns a number of a fit that may be unsupported.
template <typename Fit>
std::optional<double> Supported(const Fit& fit, Estimate Fit::*number) {
  if (fit.status != FitStatus::kOk) return std::nullopt;
  return (fit.*number).value;
}

/// Sets the spreads of `numbers` of a fit, and how many replicates of it are
/// unsupported. `part` returns the same fit of a replicate.
template <typename Fit, typename Part>
void SetSpreads(const std::vector<Replicate>& replicates, int units,
                const Part& part,
                std::initializer_list<Estimate Fit::*> numbers, Fit* fit) {
  for (Estimate Fit::*number : numbers) {
    const auto value = [&](const Replicate& replicate) {
      return Supported<Fit>(part(replicate), number);
    };
    (fit->*number).spread =
        SpreadOfMost(replicates, value, (fit->*number).value, units);
  }
  fit->failed_resamples = 0;
  for (const Replicate& replicate : replicates) {
    if (part(replicate).status != FitStatus::kOk) ++fit->failed_resamples;
  }
}

}  // namespace isoflop
