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
    case ProbeKind::kHeadGeometry:
      return MakeHeadGeometry(subject);
    case ProbeKind::kFfnMemory:
      return MakeFfnMemory(subject);
    case ProbeKind::kCapacity:
      return MakeCapacity(subject);
    case ProbeKind::kEffectiveDimension:
      return MakeEffectiveDimension(subject);
    case ProbeKind::kDisentanglement:
      return MakeDisentanglement(subject);
    case ProbeKind::kSecondsPerToken:
      return MakeSecondsPerToken(subject);
  }
  return nullptr;
}

}  // namespace isoflop
