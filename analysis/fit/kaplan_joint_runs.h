// Kaplan's joint law in the coordinates in which it is fitted.

#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "analysis/fit/observation.h"
#include "analysis/laws/kaplan.h"

namespace isoflop {

/// Runs with ln N and ln D from their means, and the means.
struct JointRuns {
  struct Run {
    double log_N;
    double log_D;
    double log_L;
    double root_weight;
  };
  std::vector<Run> runs;
  double mean_log_N = 0.0;
  double mean_log_D = 0.0;
  double mean_log_L = 0.0;
  double weight = 0.0;
};

/// The law as a point: (E over exp(mean ln L), ln alpha_D, ln r, s, t), r =
/// alpha_N / alpha_D, with ln(L - E) = alpha_D ln(exp(s - r log_N) +
/// exp(t - log_D)).
using JointPoint = Eigen::Matrix<double, 5, 1>;

/// Returns the runs with weight times `counts`, those of weight 0 left out.
JointRuns CentreRuns(std::span<const Observation> observations,
                     std::span<const double> counts);

/// Writes the residuals ln L_predicted - ln L at a point, large where there is
/// no logarithm, and unless null their derivatives column by column.
bool JointResiduals(const JointRuns& centred, const double* point,
                    double* residuals, double* jacobian);

JointPoint PointOf(const KaplanJoint& law, const JointRuns& centred);
KaplanJoint LawAt(const Eigen::VectorXd& point, const JointRuns& centred);

/// Returns (ln E, ln N_c, ln D_c, alpha_N, alpha_D).
Eigen::VectorXd GivenCoefficients(const Eigen::VectorXd& point,
                                  const JointRuns& centred);

}  // namespace isoflop
