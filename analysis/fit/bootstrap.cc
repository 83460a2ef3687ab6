#include "analysis/fit/bootstrap.h"

#include <atomic>

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

/// One bootstrap.
class ReplicateFactory {
 public:
  ReplicateFactory(std::span<const Observation> observations,
                   const Resampling& resampling,
                   const ObjectiveOptions& objective,
                   const Estimates& estimates)
      : observations_(observations),
        resampling_(resampling),
        estimates_(estimates),
        units_(ResampleUnits(observations, resampling.unit)),
        groups_(GroupByBudget(observations)),
        ladder_(Ladder(observations)),
        replicates_(static_cast<std::size_t>(resampling.resamples)) {
    if (estimates.chinchilla != nullptr) {
      refits_.chinchilla =
          RefitsOf(*estimates.chinchilla, observations, objective);
    }
    if (estimates.kaplan == nullptr) return;
    const KaplanJointFit& joint = estimates.kaplan->joint;
    const KaplanJointFit& with_offset = estimates.kaplan->joint_with_offset;
    if (joint.status == FitStatus::kOk) {
      refits_.joint = RefitsOf(joint, observations, JointOffset::kNone);
    }
    if (with_offset.status == FitStatus::kOk) {
      refits_.joint_with_offset =
          RefitsOf(with_offset, observations, JointOffset::kFitted);
    }
  }

  std::vector<Replicate> Run(int threads, FitProgress* progress) {
    std::atomic<int> done = 0;
    ShareWork(resampling_.resamples, threads, [this, progress, &done] {
      return [this, progress, &done, own = refits_](int i) mutable {
        replicates_[static_cast<std::size_t>(i)] = Make(i, &own);
        Report(progress, "bootstrap", ++done, resampling_.resamples);
      };
    });
    return std::move(replicates_);
  }

 private:
  Replicate Make(int index, Refits* refits) const {
    const auto counts =
        DrawCounts(units_, observations_.size(), resampling_.seed, index);
    Replicate replicate;
    if (refits->chinchilla) {
      const Refit refit = refits->chinchilla->With(counts);
      if (refit.coefficients) {
        replicate.chinchilla = ChinchillaOf(*refit.coefficients);
      }
      replicate.escaped = refit.escaped;
    }
    if (estimates_.isoflop != nullptr) {
      replicate.isoflop =
          FitIsoflop(observations_, groups_, estimates_.isoflop->curve, counts);
    }
    if (estimates_.envelope != nullptr) {
      replicate.envelope = estimates_.curves != nullptr
                               ? estimates_.curves->Fit(counts)
                               : FitEnvelope(observations_, ladder_, counts);
    }
    if (estimates_.kaplan != nullptr) {
      replicate.kaplan =
          FitKaplanCurves(observations_, ladder_, replicate.chinchilla, counts);
    }
    // The joint laws are followed from their estimates alone.
    if (refits->joint) {
      replicate.kaplan.joint =
          KaplanJointOf(refits->joint->With(counts, false));
    }
    if (refits->joint_with_offset) {
      replicate.kaplan.joint_with_offset =
          KaplanJointOf(refits->joint_with_offset->With(counts, false));
    }
    return replicate;
  }

  std::span<const Observation> observations_;
  Resampling resampling_;
  Estimates estimates_;
  std::vector<std::vector<std::size_t>> units_;
  BudgetGroups groups_;
  std::vector<Budget> ladder_;
  std::vector<Replicate> replicates_;
  Refits refits_;
};

}  // namespace

std::vector<Replicate> Resample(std::span<const Observation> observations,
                                const Resampling& resampling,
                                const ObjectiveOptions& objective,
                                const Estimates& estimates, int threads,
                                FitProgress* progress) {
  ReplicateFactory factory(observations, resampling, objective, estimates);
  return factory.Run(threads, progress);
}

}  // namespace isoflop
