#include "lib/probe/probe.h"

namespace isoflop {

std::unique_ptr<Probe> MakeProbe(ProbeKind kind, const ProbeSubject& subject) {
  switch (kind) {
    case ProbeKind::kLossByPosition:
      return MakeLossByPosition(subject);
    case ProbeKind::kInContextCurve:
      return MakeInContextCurve(subject);
    case ProbeKind::kMetrics:
      return MakeMetrics(subject);
    case ProbeKind::kGradientReach:
      return MakeGradientReach(subject);
    case ProbeKind::kAttention:
      return MakeAttention(subject);
  }
  return nullptr;
}

}  // namespace isoflop
