// Numbers in the results of a sweep, by where they stand, and the runs that a
// sweep file speaks of.

#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/json.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns the number that stands at "a.b[0].c[-1]", places counted from the
/// end if negative, or the numbers of an array there; with "[2:5]" behind the
/// path those at 2, 3 and 4. None where there is nothing.
std::vector<double> NumbersAt(const Json& json, std::string_view path);

/// Whether a run has all of these: {"d_model": 64, "layers": 2, "tokens": 1e6,
/// "seed": 0}, and settings of "vary" axes. `tokens` are met to a batch.
bool IsRunOf(const RunGroup& group, const PlannedRun& run, const Json& of);

/// Whether two settings of one name are the same; `tokens` to a batch.
bool SameSetting(const std::string& key, const Json& one, const Json& other,
                 std::int64_t batch_tokens);

/// Returns the ids of those runs of a plan.
std::set<std::string> MeantRuns(const Plan& plan, const Json& of);

/// Returns the run that a run is compared with: it has all of `against`, is
/// like the run in seed, D and the settings that `against` does not name, and
/// of those has the nearest N, the first in the plan where two are as near. D
/// may differ where `against` has "tokens", and N is not looked at where it has
/// "d_model" or "layers". Empty: there is none.
std::string PartnerOf(const Plan& plan, const std::string& run,
                      const Json& against);

}  // namespace isoflop
