// A plan: every run of a sweep with its identity and cost, before anything is
// spent. A plan is a value: it can be printed, compared, stored and read back.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/arithmetic.h"
#include "lib/core/blas_core.h"
#include "lib/core/names.h"
#include "lib/data/task.h"
#include "lib/sweep/lr_schedule.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

inline constexpr std::string_view kPlanSchema = "isoflop.plan/1";

/// Raised whenever the same configuration would train to another result, by
/// more than rounding.
inline constexpr int kSemanticsVersion = 1;

/// One training to one D at one seed: one observation (N, D, L).
struct PlannedRun {
  std::string id;                // "d32-l2-D262k-s0-1f0a9c3b5d7e", the
                                 // run's directory; ends in 12 hex digits of
                                 // the SHA-256 of what changes its result
  std::int64_t steps = 0;        // optimizer updates, trunk included
  std::int64_t branch_step = 0;  // updates that it shares with its trunk
  std::int64_t tokens = 0;       // D = steps * batch_tokens, exactly
  double flops = 0.0;            // C = 6ND, N as the grid's convention says
  double flops_exact = 0.0;      // TrainingFlopsPerToken * D
  std::optional<double> budget_flops;  // the IsoFLOP budget asked for
  double epochs = 0.0;                 // passes over the data; 0: endless
};

/// A trunk and its cooldown branches: what is scheduled, retried and handed to
/// a worker. Everything the worker needs to know is in here.
struct RunGroup {
  std::string id;  // "d32-l2-s0-9a8b7c6d5e4f"; does not depend on the D's: one
                   // added later joins, and trains a finished trunk again
  ModelShape shape;
  ParameterCounts params;
  TrainingConfig training;
  DataConfig data;
  std::string data_fingerprint;
  std::optional<double> bytes_per_token;  // as TaskInfo has it
  std::int64_t seed = 0;
  ParamsConvention convention = ParamsConvention::kTotal;
  Json variant = Json::object();  // settings of the "vary" axes, or empty
  std::vector<ProbeKind> probes;  // measured when a run ends
  std::vector<PlannedRun> runs;   // by rising D
  std::string shape_note;         // how a parameter count became this shape
};

/// A cell of the grid that is not trained.
struct LeftOutCell {
  std::string size;     // "d96 L2"
  double tokens = 0.0;  // the D that it would have had
  std::string reason;   // "D 65.1k below tokens_range[0] 130k"
};

/// Sums over a plan.
struct PlanTotals {
  std::int64_t runs = 0;
  std::int64_t tokens = 0;  // trained on, trunks counted once
  double flops = 0.0;       // 6ND, trunks counted once
  double flops_without_shared_trunks = 0.0;
  double disk_bytes = 0.0;  // at most: with every group in work at once
};

/// For which shapes a device multiplies bf16 numbers and adds up in fp32.
enum class Bf16Products {
  kEverywhere,
  kByHand,  // those that HasBf16Pass names
  kNowhere,
};
constexpr std::array<NamedValue<Bf16Products>, 3> EnumNames(Bf16Products) {
  return {{{Bf16Products::kEverywhere, "everywhere"},
           {Bf16Products::kByHand, "by_hand"},
           {Bf16Products::kNowhere, "nowhere"}}};
}

/// What the device that trains makes of precisions.
struct DevicePrecision {
  Precision of_auto = Precision::kFp32;  // REQUIRES: not kAuto itself
  Bf16Products bf16 = Bf16Products::kEverywhere;
};

struct Plan {
  std::string name;
  ParamsConvention convention = ParamsConvention::kTotal;
  TaskInfo data;
  std::vector<RunGroup> groups;  // in the order of the file
  std::vector<LeftOutCell> left_out;
  std::vector<std::string> notes;  // advice, such as "check the learning rate"

  // What precision "auto" of the sweep has become, and where there are products
  // for bf16; absent where no setting asks for them.
  std::optional<Precision> auto_precision = {};
  std::optional<Bf16Products> bf16_products = {};

  // What OpenBLAS multiplies as, where that was in doubt or the user's choice.
  std::optional<BlasCore> blas_core = {};

  Arithmetic arithmetic = {};  // of where the sweep began

  // Of the text of sweep.json, in a plan that was read from its directory.
  std::string sweep_checksum = {};
};

/// Expands a sweep. Opens the data to know its size. Throws Error when a cell
/// needs more tokens than there are, fewer steps than warm-up and cooldown
/// take, or when nothing is left to train.
Plan MakePlan(const SweepSpec& spec, const DevicePrecision& precision = {});

PlanTotals Totals(const Plan& plan);

/// Returns the ids of all runs, group by group.
std::vector<std::string> RunIds(const Plan& plan);

/// Returns the peak learning rate of the group's hidden matrices, as its width
/// scales it.
double HiddenLr(const RunGroup& group);

/// Returns how many of a run's D are different: at most those of one epoch;
/// nothing where there is no end of new ones.
std::optional<std::int64_t> UniqueTokens(const PlannedRun& run);

/// Returns D / N, N by the group's convention.
double TokensPerParam(const RunGroup& group, const PlannedRun& run);

/// Returns plan.json, or group.json: everything, so that a plan can be read
/// back and a worker needs to know nothing else.
Json ToJson(const Plan& plan);
Json ToJson(const RunGroup& group);

}  // namespace isoflop
