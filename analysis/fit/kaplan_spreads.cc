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

void SetJointSpreads(const std::vector<Replicate>& replicates, int units,
                     KaplanJointFit KaplanFit::*which, KaplanFit* fit) {
  SetSpreads<KaplanJointFit>(
      replicates, units,
      [&](const Replicate& r) -> const KaplanJointFit& {
        return r.kaplan.*which;
      },
      {&KaplanJointFit::E, &KaplanJointFit::N_c, &KaplanJointFit::D_c,
       &KaplanJointFit::alpha_N, &KaplanJointFit::alpha_D},
      &(fit->*which));
}

}  // namespace

void AddSpreads(const std::vector<Replicate>& replicates, int units,
                KaplanFit* fit) {
  SetCurveSpreads(replicates, units, &KaplanFit::L_N, fit);
  SetCurveSpreads(replicates, units, &KaplanFit::L_D, fit);
  SetCurveSpreads(replicates, units, &KaplanFit::L_C, fit);
  SetJointSpreads(replicates, units, &KaplanFit::joint, fit);
  SetJointSpreads(replicates, units, &KaplanFit::joint_with_offset, fit);
}

}  // namespace isoflop
