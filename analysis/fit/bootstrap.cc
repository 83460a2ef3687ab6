#include "analysis/fit/bootstrap.h"

#include <atomic>

#include "analysis/fit/profile_outliers.h"
#include "analysis/regress/chinchilla_fit.h"
#include "analysis/regress/resample.h"
#include "lib/core/share_work.h"

namespace isoflop {
namespace {

/// Fits that each thread has for itself.
struct Refits {
  std::optional<LawRefits> chinchilla;
  std::optional<LawRefits> joint;
  std::optional<LawRefits> joint_with_offset;
};

Refits RefitsOf(std::span<const Observation> observations,
                const ObjectiveOptions& objective, const Estimates& estimates) {
  Refits refits;
  if (estimates.chinchilla != nullptr) {
    refits.chinchilla =
        RefitsOf(*estimates.chinchilla, observations, objective);
  }
  if (estimates.kaplan == nullptr) return refits;
  const auto begin = [&](const KaplanJointFit& fit, JointOffset offset,
                         std::optional<LawRefits>* of) {
    if (fit.status == FitStatus::kOk) {
      *of = RefitsOf(fit, observations, offset);
    }
  };
  begin(estimates.kaplan->joint, JointOffset::kNone, &refits.joint);
  begin(estimates.kaplan->joint_with_offset, JointOffset::kFitted,
        &refits.joint_with_offset);
  return refits;
}

/// The runs, and what all fits to them share.
struct Sample {
  std::span<const Observation> observations;
  Estimates estimates;
  BudgetGroups groups;
  KaplanRuns kaplan;
};

Replicate Make(const Sample& sample, std::span<const double> counts,
               Refits* refits) {
  const auto& [observations, estimates, groups, kaplan] = sample;
  Replicate replicate;
  if (refits->chinchilla) {
    const Refit refit = refits->chinchilla->With(counts);
    if (refit.coefficients) {
      replicate.chinchilla = ChinchillaOf(*refit.coefficients);
    }
    replicate.escaped = refit.escaped;
  }
  if (estimates.isoflop != nullptr) {
    replicate.isoflop = FitIsoflop(observations, groups,
                                   {.curve = estimates.isoflop->curve}, counts);
  }
  if (estimates.envelope != nullptr) {
    replicate.envelope = estimates.curves != nullptr
                             ? estimates.curves->Fit(counts)
                             : FitEnvelope(observations, kaplan.ladder, counts);
  }
  if (estimates.kaplan != nullptr) {
    replicate.kaplan =
        FitKaplanCurves(observations, kaplan, replicate.chinchilla, counts);
    // A thousand lists of thousands of runs, of which nobody asks.
    for (KaplanCurve* curve : {&replicate.kaplan.L_N, &replicate.kaplan.L_D,
                               &replicate.kaplan.L_C}) {
      curve->runs = {};
    }
  }
  // The joint laws are followed from their estimates alone.
  if (refits->joint) {
    replicate.kaplan.joint = KaplanJointOf(refits->joint->With(counts, false));
  }
  if (refits->joint_with_offset) {
    replicate.kaplan.joint_with_offset =
        KaplanJointOf(refits->joint_with_offset->With(counts, false));
  }
  return replicate;
}

}  // namespace

std::vector<Replicate> Resample(std::span<const Observation> observations,
                                const Resampling& resampling,
                                const ObjectiveOptions& objective,
                                const Estimates& estimates, int threads,
                                FitProgress* progress) {
  BudgetGroups groups = GroupByBudget(observations);
  if (estimates.isoflop != nullptr) {
    groups = Without(std::move(groups), estimates.isoflop->left_aside);
  }
  const Sample sample{observations, estimates, std::move(groups),
                      KaplanRunsOf(observations)};
  const auto units = ResampleUnits(observations, resampling.unit);
  const Refits refits = RefitsOf(observations, objective, estimates);
  std::vector<Replicate> replicates(
      static_cast<std::size_t>(resampling.resamples));
  std::atomic<int> done = 0;
  ShareWork(resampling.resamples, threads, [&] {
    return [&, own = refits](int i) mutable {
      const auto counts =
          DrawCounts(units, observations.size(), resampling.seed, i);
      replicates[static_cast<std::size_t>(i)] = Make(sample, counts, &own);
      Report(progress, "bootstrap", ++done, resampling.resamples);
    };
  });
  return replicates;
}

}  // namespace isoflop
