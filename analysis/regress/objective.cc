#include "analysis/regress/objective.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "analysis/solve/limits.h"
#include "lib/core/lane_math.h"

namespace isoflop {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A residual smaller than this counts as this in LocalQuadratic::magnitude.
constexpr double kSmallestNoise = 1e-6;

/// Of a coefficient, for differences of a law's slopes.
constexpr double kCoefficientStep = 1e-5;

}  // namespace

/// What the penalties make of a block of residuals r(y): weighted, and by y.
struct BlockTerms {
  Lane value;   // w rho
  Lane pull;    // w rho' r'
  Lane square;  // what multiplies the square of dy: w (rho'' r'^2 + rho' r'')
  Lane touch;   // the same of the squares that touch rho (SquareWeight)
  Lane root;    // and of the roots of the penalties
  Lane noise;   // w rho'(|r|, at least kSmallestNoise) |r'|
};

namespace {

/// How residuals follow from predictions, and penalties from those.
struct Link {
  bool log = true;  // ln y - ln y_seen; otherwise unit (y - y_seen)
  double unit = 1.0;
  double floor = 0.0;  // rho(0)
};

/// A residual, infinite where there is none, and its derivatives by y.
ISOFLOP_INLINE PenaltyValue Linked(const Link& link, double y, double seen_y,
                                   double seen_log_y) {
  const auto [log, unit, floor] = link;
  const double inverse = 1.0 / y;
  const double seen = log ? LaneLog(y) - seen_log_y : unit * (y - seen_y);
  return {y > 0.0 ? seen : double{kInfinity}, log ? inverse : unit,
          log ? -inverse * inverse : 0.0};
}

template <typename PenaltyLane>
ISOFLOP_INLINE void FillTerms(const RunBlock& runs, const Lane& y,
                              PenaltyLane rho, Link by,
                              BlockTerms* __restrict terms) {
  for (int i = 0; i < kLanes; ++i) {
    const auto [r, by_y, by_yy] = Linked(by, y[i], runs.y[i], runs.log_y[i]);
    const double w = runs.weight[i];
    const PenaltyValue p = rho(r);
    const double size = r < 0.0 ? -r : r;
    const PenaltyValue at_noise =
        rho(size > kSmallestNoise ? size : kSmallestNoise);
    const double squared = w * by_y * by_y;
    // A run without weight counts nothing, whatever its residual.
    terms->value[i] = w > 0.0 ? w * (by.floor + p.value) : 0.0;
    terms->pull[i] = w * p.slope * by_y;
    terms->square[i] = p.curvature * squared + w * p.slope * by_yy;
    const double touch = p.slope / r;
    terms->touch[i] = squared * (r == 0.0 ? p.curvature : touch);
    // rho'^2 / (2 (rho - rho(0))), which tends to rho''(0) as r goes to 0.
    const double root = 0.5 * p.slope * p.slope / p.value;
    terms->root[i] = squared * (p.value > 0.0 ? root : p.curvature);
    terms->noise[i] = w * at_noise.slope * (by_y < 0.0 ? -by_y : by_y);
  }
}

ISOFLOP_VECTORISE void FillHuber(const RunBlock& runs, const Lane& y,
                                 const HuberPenalty& rho, const Link& link,
                                 BlockTerms* terms) {
  FillTerms(runs, y, rho, link, terms);
}
ISOFLOP_VECTORISE void FillSquares(const RunBlock& runs, const Lane& y,
                                   const SquarePenalty& rho, const Link& link,
                                   BlockTerms* terms) {
  FillTerms(runs, y, rho, link, terms);
}
ISOFLOP_VECTORISE void FillStudent(const RunBlock& runs, const Lane& y,
                                   const StudentPenalty& rho, const Link& link,
                                   BlockTerms* terms) {
  FillTerms(runs, y, rho, link, terms);
}

void FillTerms(const RunBlock& runs, const Lane& y, const Penalty& penalty,
               const Link& link, BlockTerms* terms) {
  switch (penalty.kind()) {
    case LossKind::kHuber:
    case LossKind::kLad:
      return FillHuber(runs, y, penalty.huber(), link, terms);
    case LossKind::kL2:
      return FillSquares(runs, y, {}, link, terms);
    case LossKind::kStudentT:
      return FillStudent(runs, y, penalty.student(), link, terms);
  }
}

constexpr int kMostPairs = kMostSlopes * (kMostSlopes + 1) / 2;

/// How the prediction of one variant moves with the coordinates it depends on.
struct LocalJacobian {
  int slopes = 0;
  int count = 0;                               // of coordinates
  Index coordinate[kMostSlopes] = {};          // which they are
  double by_z[kMostSlopes][kMostSlopes] = {};  // [slope][coordinate]
};

/// Sums over blocks, lane by lane, so that their order does not depend on how
/// wide the vectors are.
struct LaneSums {
  Lane value;
  Lane gradient[kMostSlopes];
  Lane magnitude[kMostSlopes];
  Lane scale[kMostSlopes];
  Lane square[kMostPairs];
  Lane slope[kMostSlopes];  // by the law's coefficients
  Lane bend[kMostBends];
};

ISOFLOP_INLINE void Zero(Lane* lanes, int count) {
  std::memset(lanes, 0, static_cast<std::size_t>(count) * sizeof(Lane));
}

void Clear(int count, int slopes, int bends, LaneSums* sums) {
  Zero(&sums->value, 1);
  Zero(sums->gradient, count);
  Zero(sums->magnitude, count);
  Zero(sums->scale, count);
  Zero(sums->square, count * (count + 1) / 2);
  Zero(sums->slope, slopes);
  Zero(sums->bend, bends);
}

ISOFLOP_INLINE void AddProduct(const double* __restrict a,
                               const double* __restrict b,
                               double* __restrict sum) {
  for (int i = 0; i < kLanes; ++i) sum[i] += a[i] * b[i];
}

/// dy / dz of a block, a lane array for each coordinate.
ISOFLOP_INLINE void Along(const BlockPrediction& at, const LocalJacobian& local,
                          Lane* along) {
  for (int j = 0; j < local.count; ++j) {
    double* __restrict sum = along[j];
    for (int i = 0; i < kLanes; ++i) sum[i] = 0.0;
    for (int k = 0; k < local.slopes; ++k) {
      const double factor = local.by_z[k][j];
      if (factor == 0.0) continue;
      const double* __restrict slope = at.slope[k];
      for (int i = 0; i < kLanes; ++i) sum[i] += factor * slope[i];
    }
  }
}

/// Adds the square of dy / dz, times `weight`, to the upper triangle.
ISOFLOP_INLINE void AddSquares(const Lane* along, int count, const Lane& weight,
                               Lane* square) {
  int pair = 0;
  for (int k = 0; k < count; ++k) {
    Lane weighted;
    for (int i = 0; i < kLanes; ++i) weighted[i] = along[k][i] * weight[i];
    for (int j = 0; j <= k; ++j) AddProduct(along[j], weighted, square[pair++]);
  }
}

ISOFLOP_VECTORISE void AddNewtonBlock(const BlockPrediction& at,
                                      const BlockTerms& terms,
                                      const LocalJacobian& local, int bends,
                                      LaneSums* sums) {
  Lane along[kMostSlopes];
  Along(at, local, along);
  for (int i = 0; i < kLanes; ++i) sums->value[i] += terms.value[i];
  for (int j = 0; j < local.count; ++j) {
    AddProduct(along[j], terms.pull, sums->gradient[j]);
    for (int i = 0; i < kLanes; ++i) {
      const double size = along[j][i] < 0.0 ? -along[j][i] : along[j][i];
      sums->magnitude[j][i] += size * terms.noise[i];
      sums->scale[j][i] += size * size * terms.touch[i];
    }
  }
  AddSquares(along, local.count, terms.square, sums->square);
  for (int k = 0; k < local.slopes; ++k) {
    AddProduct(at.slope[k], terms.pull, sums->slope[k]);
  }
  for (int k = 0; k < bends; ++k) {
    AddProduct(at.bend[k], terms.pull, sums->bend[k]);
  }
}

ISOFLOP_VECTORISE void AddRootsBlock(const BlockPrediction& at,
                                     const BlockTerms& terms,
                                     const LocalJacobian& local,
                                     LaneSums* sums) {
  Lane along[kMostSlopes];
  Along(at, local, along);
  for (int i = 0; i < kLanes; ++i) sums->value[i] += terms.value[i];
  for (int j = 0; j < local.count; ++j) {
    AddProduct(along[j], terms.pull, sums->gradient[j]);
  }
  AddSquares(along, local.count, terms.root, sums->square);
}

LocalJacobian LocalOf(const std::vector<int>& own, const MatrixXd& by_z) {
  LocalJacobian local;
  local.slopes = static_cast<int>(own.size());
  for (Index j = 0; j < by_z.cols(); ++j) {
    const bool moves =
        std::ranges::any_of(own, [&](int k) { return by_z(k, j) != 0.0; });
    if (!moves) continue;
    for (int k = 0; k < local.slopes; ++k) {
      local.by_z[k][local.count] = by_z(own[static_cast<std::size_t>(k)], j);
    }
    local.coordinate[local.count++] = j;
  }
  return local;
}

/// Adds the sums of a variant's blocks to the model of the objective.
void AddSums(const LocalJacobian& local, const LaneSums& sums, bool all,
             LocalQuadratic* model) {
  model->value += Sum(sums.value);
  int pair = 0;
  for (int k = 0; k < local.count; ++k) {
    const Index column = local.coordinate[k];
    model->gradient[column] += Sum(sums.gradient[k]);
    if (all) {
      model->magnitude[column] += Sum(sums.magnitude[k]);
      model->curvature_scale[column] += Sum(sums.scale[k]);
    }
    for (int j = 0; j <= k; ++j) {
      model->hessian(local.coordinate[j], column) += Sum(sums.square[pair++]);
    }
  }
}

LocalQuadratic Nothing(Index size) {
  return {.value = 0.0,
          .gradient = VectorXd::Zero(size),
          .hessian = MatrixXd::Zero(size, size),
          .curvature_scale = VectorXd::Zero(size),
          .magnitude = VectorXd::Zero(size)};
}

void MakeSymmetric(MatrixXd* upper) {
  *upper = MatrixXd(upper->selfadjointView<Eigen::Upper>());
}

}  // namespace

Objective::Objective(const LawModel& model, std::span<const LawRun> runs,
                     const Penalty& penalty, ResidualKind residual)
    : model_(&model),
      runs_(runs, model.inputs, model.units),
      unit_(std::exp(model.units.log_y)),
      penalty_(penalty),
      residual_(residual) {}

/// What the law says of a block, and the penalties of that. With `floor` 0 they
/// have their own taken off.
void Objective::Evaluate(const OwnCoefficients& own, const RunBlock& block,
                         double floor, BlockPrediction* at,
                         BlockTerms* terms) const {
  const Link link{residual_ == ResidualKind::kLog, unit_, floor};
  model_->evaluate(own.c, block, at);
  FillTerms(block, at->y, penalty_, link, terms);
}

double Objective::Value(const VectorXd& c) const {
  Lane sum = {};
  BlockPrediction at;
  BlockTerms terms;
  for (const auto blocks : runs_.ByVariant()) {
    const OwnCoefficients own(*model_, blocks.front().variant, c);
    for (const RunBlock& block : blocks) {
      Evaluate(own, block, penalty_.floor(), &at, &terms);
      for (int i = 0; i < kLanes; ++i) sum[i] += terms.value[i];
    }
  }
  return Sum(sum);
}

double Objective::Rounding() const {
  return runs_.WeightSum() * (penalty_(1e-9).value - penalty_.floor());
}

LocalQuadratic Objective::RootsAt(const Chart& chart, const VectorXd& z) const {
  MatrixXd by_z;
  const VectorXd c = chart.Centred(z, &by_z);
  LocalQuadratic model = Nothing(chart.size());
  BlockPrediction at;
  BlockTerms terms;
  LaneSums sums;
  for (const auto blocks : runs_.ByVariant()) {
    const OwnCoefficients own(*model_, blocks.front().variant, c);
    const LocalJacobian local = LocalOf(own.index, by_z);
    Clear(local.count, 0, 0, &sums);
    for (const RunBlock& block : blocks) {
      Evaluate(own, block, 0.0, &at, &terms);
      AddRootsBlock(at, terms, local, &sums);
    }
    AddSums(local, sums, false, &model);
  }
  MakeSymmetric(&model.hessian);
  return model;
}

LocalQuadratic Objective::ModelAt(const Chart& chart, const VectorXd& z) const {
  MatrixXd by_z;
  const VectorXd c = chart.Centred(z, &by_z);
  LocalQuadratic model = Nothing(chart.size());
  const int bends = model_->bends ? static_cast<int>(model_->bends->size()) : 0;
  VectorXd slopes = VectorXd::Zero(c.size());
  MatrixXd law_bends = MatrixXd::Zero(c.size(), c.size());
  std::vector<std::array<double, kLanes>> pulls;
  BlockPrediction at;
  BlockTerms terms;
  LaneSums sums;
  for (const auto blocks : runs_.ByVariant()) {
    const OwnCoefficients own(*model_, blocks.front().variant, c);
    const LocalJacobian local = LocalOf(own.index, by_z);
    Clear(local.count, local.slopes, bends, &sums);
    for (const RunBlock& block : blocks) {
      Evaluate(own, block, penalty_.floor(), &at, &terms);
      AddNewtonBlock(at, terms, local, bends, &sums);
      if (!model_->bends) pulls.push_back(std::to_array(terms.pull));
    }
    AddSums(local, sums, true, &model);
    for (std::size_t k = 0; k < own.index.size(); ++k) {
      slopes[own.index[k]] += Sum(sums.slope[k]);
    }
    for (int b = 0; b < bends; ++b) {
      const auto [j, k] = (*model_->bends)[static_cast<std::size_t>(b)];
      const int row = own.index[static_cast<std::size_t>(j)];
      const int column = own.index[static_cast<std::size_t>(k)];
      const double bend = Sum(sums.bend[b]);
      law_bends(row, column) += bend;
      if (row != column) law_bends(column, row) += bend;
    }
  }
  MakeSymmetric(&model.hessian);
  if (!model_->bends) law_bends = LawBends(c, pulls);
  model.hessian += by_z.transpose() * law_bends * by_z + chart.Bend(z, slopes);
  return model;
}

/// sum_i pull_i d2y_i / dc2 by central differences of the law's slopes. The
/// pulls stay, so that no kink of the penalty is crossed.
MatrixXd Objective::LawBends(
    const VectorXd& c,
    const std::vector<std::array<double, kLanes>>& pulls) const {
  const auto size = c.size();
  const auto slopes_at = [&](const VectorXd& place) {
    VectorXd slopes = VectorXd::Zero(size);
    BlockPrediction at;
    for (std::size_t b = 0; b < pulls.size(); ++b) {
      const RunBlock& block = runs_.blocks()[b];
      const OwnCoefficients own(*model_, block.variant, place);
      model_->evaluate(own.c, block, &at);
      for (std::size_t k = 0; k < own.index.size(); ++k) {
        for (std::size_t i = 0; i < kLanes; ++i) {
          slopes[own.index[k]] += pulls[b][i] * at.slope[k][i];
        }
      }
    }
    return slopes;
  };
  MatrixXd bends = MatrixXd::Zero(size, size);
  VectorXd place = c;
  for (Index k = 0; k < size; ++k) {
    if (!std::isfinite(c[k])) continue;  // a coefficient without limit
    const double step = kCoefficientStep * std::max(std::abs(c[k]), 0.01);
    place[k] = c[k] + step;
    const VectorXd above = slopes_at(place);
    place[k] = c[k] - step;
    bends.col(k) = (above - slopes_at(place)) / (2.0 * step);
    place[k] = c[k];
  }
  return 0.5 * (bends + bends.transpose());
}

std::vector<WeightedResidual> Objective::Residuals(const VectorXd& c) const {
  std::vector<WeightedResidual> residuals;
  BlockPrediction at;
  for (const RunBlock& block : runs_.blocks()) {
    const OwnCoefficients own(*model_, block.variant, c);
    model_->evaluate(own.c, block, &at);
    for (int i = 0; i < kLanes; ++i) {
      if (block.weight[i] == 0.0) continue;
      const double y = at.y[i];
      double r = unit_ * (y - block.y[i]);
      if (residual_ == ResidualKind::kLog) r = std::log(y) - block.log_y[i];
      if (!(y > 0.0)) r = kInfinity;
      residuals.push_back({r, block.weight[i]});
    }
  }
  return residuals;
}

}  // namespace isoflop
