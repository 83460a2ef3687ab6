// How a result says that it exists, and how certain it is.

#pragma once

#include <array>
#include <optional>

#include "lib/core/names.h"
#include "lib/numeric/resampled_spread.h"

namespace isoflop {

/// kUnsupported: the data cannot determine the law; a reason in words is given,
/// and no number of the result means anything.
enum class FitStatus { kOk, kUnsupported };

constexpr std::array<NamedValue<FitStatus>, 2> EnumNames(FitStatus) {
  return {{{FitStatus::kOk, "ok"}, {FitStatus::kUnsupported, "unsupported"}}};
}

/// Whether there is a fit, and one that the data support.
template <typename Fit>
bool Supported(const std::optional<Fit>& fit) {
  return fit && fit->status == FitStatus::kOk;
}

/// A number from the data, and its spread when there was a bootstrap.
struct Estimate {
  double value = 0.0;
  std::optional<Spread> spread;
};

}  // namespace isoflop
