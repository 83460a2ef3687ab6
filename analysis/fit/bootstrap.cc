#include "analysis/fit/bootstrap.h"

#include "analysis/fit/chinchilla_solver.h"
#include "analysis/fit/resample.h"
#include "analysis/fit/share_work.h"

namespace isoflop {
namespace {

std::optional<KaplanJoint> LawOf(const KaplanJointFit& fit) {
  if (fit.status != FitStatus::kOk) return std::nullopt;
  return fit.law();
}

/// One bootstrap. Each thread refits with a solver of its own.
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
    if (estimates.kaplan != nullptr) {
      starts_ = {
          .joint = LawOf(estimates.kaplan->joint),
          .joint_with_offset = LawOf(estimates.kaplan->joint_with_offset)};
    }
    if (estimates.chinchilla == nullptr) return;
    solver_.emplace(observations, objective);
    estimate_ = estimates.chinchilla->law;
    density_ = estimates.chinchilla->student_t;
  }

  std::vector<Replicate> Run(int threads) {
    ShareWork(resampling_.resamples, threads, [this] {
      return [this, solver = solver_](int i) mutable {
        replicates_[static_cast<std::size_t>(i)] = Make(i, &solver);
      };
    });
    return std::move(replicates_);
  }

 private:
  Replicate Make(int index, std::optional<ChinchillaSolver>* solver) const {
    const auto counts =
        DrawCounts(units_, observations_.size(), resampling_.seed, index);
    Replicate replicate;
    if (*solver) {
      const Refit refit = (*solver)->SolveAgain(counts, estimate_, density_);
      replicate.chinchilla = refit.law;
      replicate.escaped = refit.escaped;
    }
    FitOthers(counts, &replicate);
    return replicate;
  }

  void FitOthers(const std::vector<double>& counts,
                 Replicate* replicate) const {
    if (estimates_.isoflop != nullptr) {
      replicate->isoflop =
          FitIsoflop(observations_, groups_, estimates_.isoflop->curve, counts);
    }
    if (estimates_.envelope != nullptr) {
      replicate->envelope = estimates_.curves != nullptr
                                ? estimates_.curves->Fit(counts)
                                : FitEnvelope(observations_, ladder_, counts);
    }
    if (estimates_.kaplan != nullptr) {
      replicate->kaplan = FitKaplan(observations_, ladder_,
                                    replicate->chinchilla, counts, starts_);
    }
  }

  std::span<const Observation> observations_;
  Resampling resampling_;
  Estimates estimates_;
  std::vector<std::vector<std::size_t>> units_;
  BudgetGroups groups_;
  std::vector<Budget> ladder_;
  JointStarts starts_;
  std::vector<Replicate> replicates_;
  std::optional<ChinchillaSolver> solver_;
  Chinchilla estimate_;
  std::optional<StudentT> density_;
};

}  // namespace

Resampling Resolve(const BootstrapOptions& options,
                   std::span<const Observation> observations) {
  Resampling resampling;
  resampling.resamples = options.resamples;
  resampling.seed = options.seed;
  resampling.unit = options.unit.value_or(
      HasGroups(observations) ? ResampleUnit::kGroup : ResampleUnit::kRun);
  resampling.units =
      static_cast<int>(ResampleUnits(observations, resampling.unit).size());
  return resampling;
}

std::vector<Replicate> Resample(std::span<const Observation> observations,
                                const Resampling& resampling,
                                const ObjectiveOptions& objective,
                                const Estimates& estimates, int threads) {
  ReplicateFactory factory(observations, resampling, objective, estimates);
  return factory.Run(threads);
}

}  // namespace isoflop
