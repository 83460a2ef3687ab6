// The kinds of probe there are. A new one is an enumerator and its word here,
// what it asks for in probe_checks.cc, and a file that measures: see
// lib/probe/probe.h.

#pragma once

#include <array>

#include "lib/core/names.h"

namespace isoflop {

/// What is measured on every trained model beside its loss, on the evaluation
/// set; see lib/probe/probe.h for each.
enum class ProbeKind {
  kLossByPosition,
  kInContextCurve,
  kMetrics,
  kGradientReach,
  kAttention,
  kHeadGeometry,
  kFfnMemory,
  kCapacity,
  kEffectiveDimension,
  kDisentanglement,
  kSecondsPerToken,
};
constexpr std::array<NamedValue<ProbeKind>, 11> EnumNames(ProbeKind) {
  return {{{ProbeKind::kLossByPosition, "loss_by_position"},
           {ProbeKind::kInContextCurve, "in_context_curve"},
           {ProbeKind::kMetrics, "metrics"},
           {ProbeKind::kGradientReach, "gradient_reach"},
           {ProbeKind::kAttention, "attention"},
           {ProbeKind::kHeadGeometry, "head_geometry"},
           {ProbeKind::kFfnMemory, "ffn_memory"},
           {ProbeKind::kCapacity, "capacity"},
           {ProbeKind::kEffectiveDimension, "effective_dimension"},
           {ProbeKind::kDisentanglement, "disentanglement"},
           {ProbeKind::kSecondsPerToken, "seconds_per_token"}}};
}

}  // namespace isoflop
