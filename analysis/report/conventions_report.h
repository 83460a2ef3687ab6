// The exponents under each count of the parameters, side by side.

#pragma once

#include <string_view>
#include <vector>

#include "analysis/fit/conventions.h"
#include "analysis/report/text_page.h"
#include "lib/core/json.h"

namespace isoflop {

/// Returns "N counts all parameters", as it is said below a heading.
std::string_view ConventionInWords(ParamsKind kind);

/// Returns "conventions" of "diagnostics": for each count of N the exponents of
/// Approaches 3 and 2, or why there are none.
Json ConventionsJson(const std::vector<ConventionFit>& conventions);

/// A section with a row for each count of N; nothing when there are none.
void AddConventions(const std::vector<ConventionFit>& conventions,
                    TextPage* page);

}  // namespace isoflop
