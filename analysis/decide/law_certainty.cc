#include "analysis/decide/law_certainty.h"

#include <Eigen/Cholesky>
#include <cmath>

namespace isoflop {
namespace {

/// In units of the optimum ln N* and ln D* are 0.
LawGradient GoalOf(const Chinchilla& law, bool of_loss) {
  if (of_loss) return {1.0, law.A, law.B, 0.0, 0.0};
  return LawGradient{0.0, 1.0, -1.0, 1.0 / law.alpha, -1.0 / law.beta} /
         (law.alpha + law.beta);
}

}  // namespace

LawCertainty::LawCertainty(const Chinchilla& law, double C, bool of_loss,
                           double trunk_share)
    : unit_(OptimumAt(law, C)),
      law_(Rescaled(law, unit_.N, unit_.D)),
      goal_(GoalOf(law_, of_loss)),
      trunk_share_(trunk_share) {}

LawGradient LawCertainty::DerivativeAt(const PlacedRun& run) const {
  const double log_N = std::log(run.N / unit_.N);
  const double log_D = std::log(run.D / unit_.D);
  const double size = law_.A * std::exp(-law_.alpha * log_N);
  const double data = law_.B * std::exp(-law_.beta * log_D);
  return LawGradient{1.0, size, data, -log_N * size, -log_D * data} /
         (law_.E + size + data);
}

LawGradient LawCertainty::SumOf(std::size_t trunk) const {
  return trunk < trunks_.size() ? trunks_[trunk] : LawGradient::Zero();
}

/// What a run with derivative j adds to M.
LawCertainty::Matrix LawCertainty::NoiseOf(const PlacedRun& run,
                                           const LawGradient& j) const {
  const Matrix shared = SumOf(run.trunk) * j.transpose();
  return j * j.transpose() + trunk_share_ * (shared + shared.transpose());
}

void LawCertainty::Add(const PlacedRun& run, double times) {
  const LawGradient j = DerivativeAt(run);
  M_ += times * NoiseOf(run, j);
  H_ += times * j * j.transpose();
  if (run.trunk >= trunks_.size()) {
    trunks_.resize(run.trunk + 1, LawGradient::Zero());
  }
  trunks_[run.trunk] += j;
}

double LawCertainty::VarianceBy(const Matrix& H, const Matrix& M) const {
  const LawGradient x = H.ldlt().solve(goal_);
  return x.dot(M * x);
}

double LawCertainty::Variance() const { return VarianceBy(H_, M_); }

double LawCertainty::VarianceWith(const PlacedRun& run, double times) const {
  const LawGradient j = DerivativeAt(run);
  return VarianceBy(H_ + times * j * j.transpose(),
                    M_ + times * NoiseOf(run, j));
}

}  // namespace isoflop
