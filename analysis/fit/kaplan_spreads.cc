#include "analysis/fit/bootstrap.h"
#include "analysis/fit/spreads.h"

namespace isoflop {
namespace {

void SetCurveSpreads(const std::vector<Replicate>& replicates, int units,
                     KaplanCurve KaplanFit::*which, KaplanFit* fit) {
  SetSpreads<KaplanCurve>(
      replicates, units,
      [&](const Replicate& r) -> const KaplanCurve& { return r.kaplan.*which; },
      {&KaplanCurve::scale, &KaplanCurve::exponent}, &(fit->*which));
  SetSpreads<KaplanOffsetCurve>(
      replicates, units,
      [&](const Replicate& r) -> const KaplanOffsetCurve& {
        return (r.kaplan.*which).with_offset;
      },
      {&KaplanOffsetCurve::E, &KaplanOffsetCurve::scale,
       &KaplanOffsetCurve::exponent},
      &(fit->*which).with_offset);
}

}  // namespace

void AddSpreads(const std::vector<Replicate>& replicates, int units,
                KaplanFit* fit) {
  SetCurveSpreads(replicates, units, &KaplanFit::L_N, fit);
  SetCurveSpreads(replicates, units, &KaplanFit::L_D, fit);
  SetCurveSpreads(replicates, units, &KaplanFit::L_C, fit);
  SetSpreads<KaplanJointFit>(
      replicates, units,
      [](const Replicate& r) -> const KaplanJointFit& {
        return r.kaplan.joint;
      },
      {&KaplanJointFit::N_c, &KaplanJointFit::D_c, &KaplanJointFit::alpha_N,
       &KaplanJointFit::alpha_D},
      &fit->joint);
}

}  // namespace isoflop
