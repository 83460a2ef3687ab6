// Which warning of a fit belongs beside which figure.

#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

namespace isoflop {

/// Warnings by the figure that they concern; "" has those of none.
using PlacedWarnings = std::map<std::string, std::vector<std::string>>;

/// Puts every warning once, in its order, beside a figure of `figures`: the
/// ids of those that the page has.
PlacedWarnings PlaceWarnings(const std::vector<std::string>& warnings,
                             const std::set<std::string>& figures);

}  // namespace isoflop
