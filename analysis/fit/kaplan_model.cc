#include <algorithm>
#include <cmath>

#include "analysis/fit/law_model.h"
#include "analysis/laws/kaplan.h"

namespace isoflop {
namespace {

/// From every pair of exponents, with E a share of the loss and terms that are
/// equal at the middle of the runs.
std::vector<Eigen::VectorXd> StartsAround(double log_N, double log_D,
                                          double log_L) {
  std::vector<Eigen::VectorXd> starts;
  for (const double share : {0.2, 0.6}) {
    const double log_power = log_L + std::log1p(-share);
    for (const double alpha_N : {0.05, 0.2, 0.6}) {
      for (const double alpha_D : {0.05, 0.2, 0.6}) {
        const double term = log_power / alpha_D - std::log(2.0);
        Eigen::VectorXd start(5);
        start << std::exp(log_N + term * alpha_D / alpha_N),
            std::exp(log_D + term), alpha_N, alpha_D, share * std::exp(log_L);
        starts.push_back(std::move(start));
      }
    }
  }
  return starts;
}

}  // namespace

LawModel KaplanJointModel(std::span<const LawRun> runs) {
  const double log_N = MeanLog(runs, &LawRun::N);
  const double log_D = MeanLog(runs, &LawRun::D);
  const double log_L = MeanLog(runs, &LawRun::y);
  LawModel model;
  model.name = "kaplan_joint";
  model.formula = "L = E + ((N_c/N)^(alpha_N/alpha_D) + D_c/D)^alpha_D";
  model.source = "Kaplan et al. 2020, eq. (1.5), with E, arXiv:2001.08361";
  model.coefficients = {
      {.name = "N_c", .constant = log_N, .starts = {}},
      {.name = "D_c", .constant = log_D, .starts = {}},
      {.name = "alpha_N", .starts = {}},
      {.name = "alpha_D", .starts = {}},
      {.name = "E", .may_vanish = true, .constant = log_L, .starts = {}}};
  model.starting_coefficients = StartsAround(log_N, log_D, log_L);
  model.predict = [](const double* p, const LawRun& run, double* gradient) {
    const KaplanJoint law{p[0], p[1], p[2], p[3], p[4]};
    const auto d = Differentiate(law, run.N, run.D);
    std::ranges::copy(d.gradient, gradient);
    return d.value;
  };
  model.lack = LackOfSizesOrTokens;
  return model;
}

}  // namespace isoflop
