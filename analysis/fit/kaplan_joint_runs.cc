#include "analysis/fit/kaplan_joint_runs.h"

#include <algorithm>
#include <cmath>

namespace isoflop {

using Eigen::VectorXd;

bool JointResiduals(const JointRuns& centred, const double* point,
                    double* residuals, double* jacobian) {
  constexpr double kImpossible = 1e3;
  const std::size_t rows = centred.runs.size();
  const double unit = std::exp(centred.mean_log_L);
  const double alpha_D = std::exp(point[1]);
  const double ratio = std::exp(point[2]);
  for (std::size_t i = 0; i < rows; ++i) {
    const auto& run = centred.runs[i];
    const double size = point[3] - ratio * run.log_N;
    const double data = point[4] - run.log_D;
    const double top = std::max(size, data);
    const double sum = std::exp(size - top) + std::exp(data - top);
    const double log_power = alpha_D * (top + std::log(sum));
    const double power = std::exp(log_power);
    const double loss = unit * point[0] + power;
    const bool possible = loss > 0.0 && std::isfinite(loss);
    residuals[i] =
        run.root_weight * (possible ? std::log(loss) - run.log_L : kImpossible);
    if (jacobian == nullptr) continue;
    const double slope = possible ? run.root_weight / loss : 0.0;
    const double by_log_power = possible ? slope * power : 0.0;
    const double by_size = by_log_power * alpha_D * std::exp(size - top) / sum;
    jacobian[i] = slope * unit;
    jacobian[i + rows] = by_log_power * log_power;
    jacobian[i + 2 * rows] = -by_size * ratio * run.log_N;
    jacobian[i + 3 * rows] = by_size;
    jacobian[i + 4 * rows] = by_log_power * alpha_D - by_size;
  }
  return true;
}

JointRuns CentreRuns(std::span<const Observation> observations,
                     std::span<const double> counts) {
  JointRuns centred;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const Observation& o = observations[i];
    const double weight = o.weight * (counts.empty() ? 1.0 : counts[i]);
    if (weight == 0.0) continue;
    centred.runs.push_back(
        {std::log(o.N), std::log(o.D), std::log(o.L), std::sqrt(weight)});
    centred.weight += weight;
    centred.mean_log_N += weight * centred.runs.back().log_N;
    centred.mean_log_D += weight * centred.runs.back().log_D;
    centred.mean_log_L += weight * centred.runs.back().log_L;
  }
  centred.mean_log_N /= centred.weight;
  centred.mean_log_D /= centred.weight;
  centred.mean_log_L /= centred.weight;
  for (auto& run : centred.runs) {
    run.log_N -= centred.mean_log_N;
    run.log_D -= centred.mean_log_D;
  }
  return centred;
}

JointPoint PointOf(const KaplanJoint& law, const JointRuns& centred) {
  const double ratio = law.alpha_N / law.alpha_D;
  return {law.E * std::exp(-centred.mean_log_L), std::log(law.alpha_D),
          std::log(ratio), ratio * (std::log(law.N_c) - centred.mean_log_N),
          std::log(law.D_c) - centred.mean_log_D};
}

KaplanJoint LawAt(const VectorXd& point, const JointRuns& centred) {
  const double alpha_D = std::exp(point[1]);
  const double ratio = std::exp(point[2]);
  return {.N_c = std::exp(point[3] / ratio + centred.mean_log_N),
          .D_c = std::exp(point[4] + centred.mean_log_D),
          .alpha_N = ratio * alpha_D,
          .alpha_D = alpha_D,
          .E = point[0] * std::exp(centred.mean_log_L)};
}

VectorXd GivenCoefficients(const VectorXd& point, const JointRuns& centred) {
  const KaplanJoint law = LawAt(point, centred);
  return JointPoint(std::log(law.E), std::log(law.N_c), std::log(law.D_c),
                    law.alpha_N, law.alpha_D);
}

}  // namespace isoflop
