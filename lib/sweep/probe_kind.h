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
};
constexpr std::array<NamedValue<ProbeKind>, 5> EnumNames(ProbeKind) {
  return {{{ProbeKind::kLossByPosition, "loss_by_position"},
           {ProbeKind::kInContextCurve, "in_context_curve"},
           {ProbeKind::kMetrics, "metrics"},
           {ProbeKind::kGradientReach, "gradient_reach"},
           {ProbeKind::kAttention, "attention"}}};
}

}  // namespace isoflop
