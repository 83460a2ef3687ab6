// The laws beyond the four approaches as JSON: sections "laws" and "comparison"
// of fit.json, whose grammar is sweeps/schema/laws.schema.json.

#pragma once

#include "analysis/fit/more_laws.h"
#include "lib/core/json.h"

namespace isoflop {

/// Returns one law: formula, source, coefficients, objective, certificate, and
/// the profile interval of each coefficient; of one that could not be fitted
/// the reason.
Json LawJson(const LawFit& fit, const ObjectiveOptions& objective);

/// Returns every law by its name, as LawJson has it. An end of an interval that
/// the data do not bound has no number; "unbounded" says which ends those are.
Json LawsJson(const MoreLaws& laws, const ObjectiveOptions& objective);

/// Returns the scores of the laws and the verdict.
Json ToJson(const LawComparison& comparison);

}  // namespace isoflop
