// Farseer's law. A power a N^alpha + b that changes little over the runs can
// have almost any exponent, with a and b to match: its level, slope and bend at
// the middle of the runs are what is moved (LevelAndSlopes). D is taken as it
// is given, because its exponent depends on N; what the law says in the middle
// of D is moved instead of what it says of one token.

#include <algorithm>
#include <cmath>

#include "analysis/laws/farseer.h"
#include "analysis/regress/law_fit.h"
#include "analysis/regress/law_models.h"

namespace isoflop {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Places of level, slope and bend of the three powers: of the exponent of D,
/// of the data term and of the size term.
enum Place { kS1, kL1, kBend1, kS2, kL2, kBend2, kS3, kL3, kBend3 };

ISOFLOP_VECTORISE void FarseerAt(const double* c, const RunBlock& runs,
                                 BlockPrediction* out) {
  const Farseer law{c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8]};
  ForEachLane(
      [&runs, law](int i) ISOFLOP_INLINED {
        return DifferentiateAtLog(law, runs.input[0][i], runs.input[1][i]);
      },
      out);
}

/// From level and slope of the data term at the middle of D to those at one
/// token, or back: ln(data term) = level2 + ... - exp(level1 + ...) ln D.
void MoveMiddle(double middle, double sign, VectorXd* at, MatrixXd* by_z) {
  const double pull = sign * middle * std::exp((*at)[kL1]);
  const double slope = (*at)[kS1];
  (*at)[kL2] += pull;
  (*at)[kS2] += pull * slope;
  if (by_z == nullptr) return;
  by_z->row(kL2) += pull * by_z->row(kL1);
  by_z->row(kS2) += pull * (slope * by_z->row(kL1) + by_z->row(kS1));
}

struct Middle {
  double log_D = 0.0;
  double half_range_N = 1.0;  // of ln N
};

/// The power with this level, slope and bend.
double PowerAt(double level, double slope, double bend, double log_N) {
  const double step = bend * log_N;
  const double curve = std::abs(step) < 1e-8 ? 1.0 : std::expm1(step) / step;
  return level + slope * log_N * curve;
}

/// Levels of the two terms of least relative squares, given the rest.
void SetLevels(std::span<const RunBlock> blocks, VectorXd* at) {
  Eigen::Matrix2d products = Eigen::Matrix2d::Zero();
  Eigen::Vector2d sums = Eigen::Vector2d::Zero();
  double weights = 0.0;
  const VectorXd& v = *at;
  for (const RunBlock& block : blocks) {
    for (int i = 0; i < kLanes; ++i) {
      const double n = block.input[0][i];
      const double exponent = std::exp(PowerAt(v[kL1], v[kS1], v[kBend1], n));
      const double data =
          PowerAt(v[kL2], v[kS2], v[kBend2], n) - exponent * block.input[1][i];
      const double size = PowerAt(0.0, v[kS3], v[kBend3], n);
      const Eigen::Vector2d terms(std::exp(data - block.log_y[i]),
                                  std::exp(size - block.log_y[i]));
      products += block.weight[i] * terms * terms.transpose();
      sums += block.weight[i] * terms;
      weights += block.weight[i];
    }
  }
  // What comes out as nothing gets a hundredth of the loss.
  for (int k = 0; k < 2; ++k) {
    const double alone = sums[k] / products(k, k);
    const double least = 0.01 * std::sqrt(weights / products(k, k));
    const double determinant =
        products(0, 0) * products(1, 1) - products(0, 1) * products(0, 1);
    const double both =
        (products(1 - k, 1 - k) * sums[k] - products(0, 1) * sums[1 - k]) /
        determinant;
    const double scale = std::isfinite(both) ? both : alone;
    (*at)[k == 0 ? kL2 : kL3] += std::log(std::max(scale, least));
  }
}

/// A start for a point of the unit cube: exponents of D as laws have them, and
/// powers that change by up to a factor of e^1.5 and bend by as much.
VectorXd StartFor(const VectorXd& cube, std::span<const RunBlock> blocks,
                  const Middle& middle) {
  const auto spread = [&](int j, double reach) {
    return reach * (2.0 * cube[j] - 1.0) / middle.half_range_N;
  };
  VectorXd at = VectorXd::Zero(9);
  at[kL1] = std::log(0.05) + cube[0] * std::log(2.0 / 0.05);
  at[kS1] = spread(1, 1.0);
  at[kBend1] = spread(2, 3.0);
  at[kS2] = spread(3, 1.5);
  at[kBend2] = spread(4, 3.0);
  at[kS3] = -1.5 * cube[5] / middle.half_range_N;
  at[kBend3] = spread(6, 3.0);
  MoveMiddle(middle.log_D, 1.0, &at, nullptr);
  SetLevels(blocks, &at);
  return at;
}

/// (a, b, alpha) of each power from slope, level and bend.
VectorXd CoefficientsOf(VectorXd at) {
  for (int k = 0; k < 9; k += 3) {
    if (std::abs(at[k + 2]) < 1e-3) at[k + 2] = 1e-3;
    at[k] /= at[k + 2];
    at[k + 1] -= at[k];
  }
  return at;
}

/// Starts at the best Chinchilla law of the runs, which has the data exponent
/// and coefficient without slope, with every combination of bends.
std::vector<VectorXd> StartsNear(std::span<const LawRun> runs, double log_N) {
  const LawModel chinchilla = ChinchillaModel(runs);
  const LawFit fit =
      FitLaw(chinchilla, runs, {.objective = {}, .profiles = false});
  if (fit.status != FitStatus::kOk) return {};
  const VectorXd p = fit.values();  // E, A, B, alpha, beta
  const double size = p[1] * std::exp(-p[3] * log_N);
  const double loss = p[0] + size;
  std::vector<VectorXd> starts;
  for (const double slope : {-0.1, 0.1}) {
    for (const double bend : {-0.3, 0.3}) {
      for (const double size_bend : {-0.3, 0.3}) {
        VectorXd at(9);
        at << slope, std::log(p[4]), bend, slope, std::log(p[2]), -bend,
            -p[3] * size / loss, std::log(loss), size_bend;
        starts.push_back(CoefficientsOf(at));
      }
    }
  }
  return starts;
}

}  // namespace

LawModel FarseerModel(std::span<const LawRun> runs) {
  LawModel model = OfSizeAndData(runs, FarseerAt, kFarseerBends);
  model.falls_with = {};  // its powers of N may turn
  model.name = "farseer";
  model.formula =
      "L = exp(a3 N^gamma + b3) + exp(a2 N^beta + b2) D^-exp(a1 N^alpha + b1)";
  model.source = "Li et al. 2025, arXiv:2506.10972";
  const auto [least, most] = std::ranges::minmax(runs, {}, &LawRun::N);
  const Middle middle{model.units.log_input[1],
                      std::max(0.5 * std::log(most.N / least.N), 1e-3)};
  model.units.log_input[1] = model.units.log_y = 0.0;
  for (const char* name :
       {"a1", "b1", "alpha", "a2", "b2", "beta", "a3", "b3", "gamma"}) {
    model.coefficients.push_back(AnySign(name, 0.0, 0.0));
  }
  for (const int k : {0, 3, 6}) {
    Coefficient& a = model.coefficients[static_cast<std::size_t>(k)];
    a.shear = -model.units.log_input[0];
    a.sheared_by = k + 2;
    model.level_and_slopes.push_back({k + 1, {{k, k + 2}}});
  }
  model.reshape = [middle](VectorXd* at, MatrixXd* by_z) {
    MoveMiddle(middle.log_D, 1.0, at, by_z);
  };
  model.shape_back = [middle](VectorXd* at) {
    MoveMiddle(middle.log_D, -1.0, at, nullptr);
  };
  model.start_dimensions = 7;
  model.start = [middle](const VectorXd& cube,
                         std::span<const RunBlock> blocks) {
    return CoefficientsOf(StartFor(cube, blocks, middle));
  };
  model.given_starts = StartsNear(runs, model.units.log_input[0]);
  model.may_be_profiled = false;
  return model;
}

}  // namespace isoflop
