// From the records of a sweep to what a fit sees of it, and, where the sweep
// varies something, to recipes that can be compared.

#pragma once

#include <string>
#include <vector>

#include "analysis/observe/observation.h"
#include "analysis/table/row_choice.h"
#include "lib/core/json.h"
#include "lib/record/run_result.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// How the runs of a plan ended.
struct RunTally {
  int planned = 0;
  int ok = 0;
  int diverged = 0;
  int failed = 0;

  int pending() const { return planned - ok - diverged - failed; }
};

/// Counts `results`, which are of runs of the plan.
RunTally Tally(const Plan& plan, const std::vector<RunResult>& results);

/// Which variants of a sweep that varies something are wanted.
struct VariantChoice {
  std::vector<RowCondition> where = {};   // of axes: model.position=rotary
  std::vector<std::string> best_of = {};  // axes, as TakeBest has them
  bool in_bits_per_byte = false;  // the losses; they are in nats per token
};

/// Returns one observation for each run that ended well, in the order of
/// `results`: L with its standard error, D, and N and C = 6ND by the plan's
/// convention. Runs of one group share a trunk.
///
/// Where the sweep varies something beside N and D, runs of different variants
/// lie on different laws, and one variant is taken: of those that meet the
/// conditions, BaseVariant(plan, sweep_file) as far as an axis is neither
/// settled by a condition nor one of `best_of`. Where no run of that one has
/// ended well it is the variant with the most that have, with a warning. Notes
/// say how many runs are left out and why.
///
/// Throws Error for an axis that the sweep does not vary, for conditions that
/// no variant meets, and where losses are wanted in bits per byte and the bytes
/// of a token are not known.
ObservationSet SweepObservations(const Plan& plan,
                                 const std::vector<RunResult>& results,
                                 const Json& sweep_file = Json::object(),
                                 const VariantChoice& choice = {});

/// Returns the settings of the variant whose values are those that the sweep
/// file's own sections give, {"model.position": "rotary"}; of the first variant
/// where none is; {} where nothing varies.
Json BaseVariant(const Plan& plan, const Json& sweep_file);

/// Returns what the sweep varies, in the order of the sweep file.
std::vector<std::string> AxesOf(const Plan& plan);

/// Returns `axis`, or when it is empty the only axis that the plan varies.
/// Throws Error naming the axes when it is none of them, when there are several
/// to choose from, and when the plan varies nothing.
std::string RequireAxis(const Plan& plan, const std::string& axis);

/// Returns the observations of a sweep, each labelled with its value of the
/// axis; where other axes vary too, of the variant that SweepObservations
/// takes. REQUIRES: `axis` is one of the plan's.
LabelledObservations SweepRecipes(const Plan& plan,
                                  const std::vector<RunResult>& results,
                                  const std::string& axis,
                                  const Json& sweep_file = Json::object(),
                                  const VariantChoice& choice = {});

}  // namespace isoflop
