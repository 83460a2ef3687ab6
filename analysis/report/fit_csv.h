// The numbers of a fit as a table for other programs.

#pragma once

#include <string>

#include "lib/core/json.h"

namespace isoflop {

/// Returns the estimates of a fit.json as CSV, a row each:
///
///   law,parameter,flops,estimate,standard_error,low95,high95,interval,unit,state
///
/// `law` is the key of fit.json, "chinchilla", "kaplan.L_N.with_offset",
/// "laws.coupled", "allocations". `flops` is the budget of an allocation, empty
/// for a coefficient. `interval` says what low95 and high95 are: "bootstrap"
/// (interval95), or where there is none "profile" (profile95, an end that has
/// no limit empty). `unit` is empty where the law's form decides it. `state` is
/// "uncertified" where the certificate says so, else "held" or "at_bound", else
/// empty. Sections without numbers have no row. Throws Error, naming `source`,
/// for what is no fit.json.
std::string FitCsv(const Json& fit, const std::string& source);

}  // namespace isoflop
