// How a model is trained: the "training" section of a sweep file.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "lib/core/json.h"
#include "lib/core/names.h"
#include "lib/core/object_reader.h"

namespace isoflop {

enum class ScheduleKind {
  kWsd,       // warm up, hold, cool down: can be branched
  kCosine,    // one half cosine, so that each D needs a run of its own
  kConstant,  // warm up, hold
};
constexpr std::array<NamedValue<ScheduleKind>, 3> EnumNames(ScheduleKind) {
  return {{{ScheduleKind::kWsd, "wsd"},
           {ScheduleKind::kCosine, "cosine"},
           {ScheduleKind::kConstant, "constant"}}};
}

enum class OptimizerKind {
  kAdamW,
  kSgd,  // without momentum
};
constexpr std::array<NamedValue<OptimizerKind>, 2> EnumNames(OptimizerKind) {
  return {{{OptimizerKind::kAdamW, "adamw"}, {OptimizerKind::kSgd, "sgd"}}};
}

/// Returns how many numbers an optimizer keeps of every weight.
inline int MomentsOf(OptimizerKind optimizer) {
  return optimizer == OptimizerKind::kAdamW ? 2 : 0;
}

enum class Precision {
  kFp32,
  kBf16,  // matrix multiplications in bf16, master weights in fp32
  kAuto,  // the faster one, measured; never in a plan: see MakePlan
};
constexpr std::array<NamedValue<Precision>, 3> EnumNames(Precision) {
  return {{{Precision::kFp32, "fp32"},
           {Precision::kBf16, "bf16"},
           {Precision::kAuto, "auto"}}};
}

/// How the learning rate of hidden matrices depends on the width. Embeddings
/// and gains always use the peak itself.
enum class LrScaling {
  kWidth,  // peak_lr * reference_d_model / d_model (muP-like)
  kNone,   // peak_lr
};
constexpr std::array<NamedValue<LrScaling>, 2> EnumNames(LrScaling) {
  return {{{LrScaling::kWidth, "width"}, {LrScaling::kNone, "none"}}};
}

/// The defaults are the recipe of docs/recipe.md, tuned for small models.
struct TrainingConfig {
  std::int64_t batch_tokens = 256;  // tokens per step; a multiple of context
  double peak_lr = 0.005;
  LrScaling lr_scaling = LrScaling::kWidth;
  std::int64_t reference_d_model = 32;  // where peak_lr holds for all weights
  std::int64_t warmup_steps = 60;
  ScheduleKind schedule = ScheduleKind::kWsd;
  double cooldown_fraction = 0.2;  // of all steps, for wsd
  double final_lr_fraction = 0.1;  // of peak_lr, for cosine
  OptimizerKind optimizer = OptimizerKind::kAdamW;
  double beta1 = 0.9;  // this and the next two: of adamw only
  double beta2 = 0.95;
  double epsilon = 1e-8;
  double weight_decay = 0.1;  // decoupled, of hidden matrices only
  double clip_norm = 1.0;     // of the whole gradient; 0: not clipped
  Precision precision = Precision::kFp32;

  // What follows changes no result and is no part of a run's identity.
  std::optional<std::int64_t> micro_batch_tokens;  // absent: the whole batch
  std::int64_t log_every_steps = 20;
  double checkpoint_every_seconds = 60.0;
};

/// Returns what the learning rate of hidden matrices is multiplied by at this
/// width: reference_d_model / d_model, or 1 without scaling.
double WidthScale(const TrainingConfig& config, std::int64_t d_model);

/// Reads the "training" section; keys that are absent keep their default.
TrainingConfig ParseTrainingConfig(const Json& json, const std::string& path,
                                   Problems* problems);

/// Returns every field, in the form that ParseTrainingConfig reads.
Json ToJson(const TrainingConfig& config);

/// Returns only the fields that change a result, for hashing.
Json IdentityJson(const TrainingConfig& config);

}  // namespace isoflop
