// Farseer's law for the generic fitter.
//
// A power a N^alpha + b that changes little over the runs can have almost any
// exponent, with a and b to match. Its level l, slope s and bend alpha at the
// middle of the runs are told apart by the data, and stay finite as alpha goes
// through 0:
//
//   a N^alpha + b = l + s (n^alpha - 1) / alpha,  n = N / (middle N)

#include <cmath>

#include "analysis/fit/chinchilla_fit.h"
#include "analysis/fit/law_model.h"
#include "analysis/laws/farseer.h"

namespace isoflop {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Eigen::Index kPowers = 3;

/// (a, b, alpha) from (l, s, alpha), at 3 i in both.
VectorXd CoefficientsAt(double centre, const VectorXd& z, MatrixXd* by_z) {
  VectorXd p(z.size());
  if (by_z != nullptr) by_z->setZero(z.size(), z.size());
  for (Eigen::Index i = 0; i < 3 * kPowers; i += 3) {
    const double slope = z[i + 1];
    const double alpha = z[i + 2] == 0.0 ? 1e-12 : z[i + 2];
    const double power = std::exp(-alpha * centre);
    p[i] = slope / alpha * power;
    p[i + 1] = z[i] - slope / alpha;
    p[i + 2] = alpha;
    if (by_z == nullptr) continue;
    (*by_z)(i, i + 1) = power / alpha;
    (*by_z)(i, i + 2) = -p[i] * (centre + 1.0 / alpha);
    (*by_z)(i + 1, i) = 1.0;
    (*by_z)(i + 1, i + 1) = -1.0 / alpha;
    (*by_z)(i + 1, i + 2) = slope / (alpha * alpha);
    (*by_z)(i + 2, i + 2) = 1.0;
  }
  return p;
}

/// Starts at the best Chinchilla law of the runs, which has the data exponent
/// and coefficient without slope, with every combination of bends.
std::vector<VectorXd> StartsNear(std::span<const LawRun> runs, double centre) {
  std::vector<Observation> observations;
  observations.reserve(runs.size());
  for (const LawRun& run : runs) {
    Observation& o = observations.emplace_back();
    o.N = run.N;
    o.D = run.D;
    o.L = run.y;
    o.C = SixND(run.N, run.D);
    o.weight = run.weight;
  }
  const ChinchillaFit fit = FitChinchilla(observations, {});
  if (fit.status != FitStatus::kOk) return {};
  const double size = fit.law.A * std::exp(-fit.law.alpha * centre);
  const double loss = fit.law.E + size;
  std::vector<VectorXd> starts;
  for (const double slope : {-0.1, 0.1}) {
    for (const double bend : {-0.3, 0.3}) {
      for (const double size_bend : {-0.3, 0.3}) {
        VectorXd& z = starts.emplace_back(3 * kPowers);
        z << std::log(fit.law.beta), slope, bend, std::log(fit.law.B), slope,
            -bend, std::log(loss), -fit.law.alpha * size / loss, size_bend;
      }
    }
  }
  return starts;
}

}  // namespace

LawModel FarseerModel(std::span<const LawRun> runs) {
  double centre = 0.0;
  for (const LawRun& run : runs) {
    centre += std::log(run.N) / static_cast<double>(runs.size());
  }
  LawModel model;
  model.name = "farseer";
  model.formula =
      "L = exp(a3 N^gamma + b3) + exp(a2 N^beta + b2) D^-exp(a1 N^alpha + b1)";
  model.source = "Li et al. 2025, arXiv:2506.10972";
  for (const char* name :
       {"a1", "b1", "alpha", "a2", "b2", "beta", "a3", "b3", "gamma"}) {
    model.coefficients.push_back(
        {.name = name, .positive = false, .starts = {}});
  }
  model.predict = [](const double* p, const LawRun& run, double* gradient) {
    const Farseer law{p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8]};
    const auto d = Differentiate(law, run.N, run.D);
    for (std::size_t i = 0; i < d.gradient.size(); ++i) {
      gradient[i] = d.gradient[i];
    }
    return d.value;
  };
  model.lack = OvertrainingModel(runs).lack;
  model.coordinates = [centre](const VectorXd& z, MatrixXd* by_z) {
    return CoefficientsAt(centre, z, by_z);
  };
  model.starts = [centre](std::span<const LawRun> given) {
    return StartsNear(given, centre);
  };
  return model;
}

}  // namespace isoflop
