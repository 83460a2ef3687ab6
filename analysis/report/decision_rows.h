// The numbers of every decision, with their names.

#pragma once

#include "analysis/decide/decisions.h"
#include "analysis/report/number_table.h"

namespace isoflop {

NumberRow RowOf(const LossTarget& target);
NumberRow RowOf(const InferenceOptimum& optimum);
NumberRow RowOf(const LimitedOptimum& optimum);

/// Without numbers but the largest factor where the model never gets there.
NumberRow RowOf(const SmallerModel& model);

/// Returns one element of the section that the decision belongs to.
Json ToJson(const LossTarget& target);
Json ToJson(const InferenceOptimum& optimum);
Json ToJson(const LimitedOptimum& optimum, const char* limit_key);
Json ToJson(const SmallerModel& model);

/// Returns "C 1.00e13" or "L 1.200".
std::string LabelOf(const Goal& goal);

}  // namespace isoflop
