#include "analysis/fit/chinchilla_objective.h"

#include <cassert>
#include <cmath>

#include "analysis/fit/limits.h"

namespace isoflop {
namespace {

/// A residual smaller than this counts as this in LocalModel::magnitude.
constexpr double kSmallestNoise = 1e-6;

using LaneMatrix = Eigen::Matrix<double, kLanes, 5>;

/// The law at the runs of a block: L, and the derivatives of L by E, A, B and,
/// over A and over B, by alpha and beta.
struct BlockLaw {
  BlockLaw(const Chinchilla& law, const RunBlock& block)
      : size(Exp(-law.alpha * block.log_N)),
        data(Exp(-law.beta * block.log_D)),
        predicted(law.E + law.A * size + law.B * data) {}

  LaneMatrix Gradient(const RunBlock& block) const {
    LaneMatrix gradient;
    gradient.col(0).setOnes();
    gradient.col(1) = size;
    gradient.col(2) = data;
    gradient.col(3) = -block.log_N * size;
    gradient.col(4) = -block.log_D * data;
    return gradient;
  }

  Lanes size;
  Lanes data;
  Lanes predicted;
};

/// d(E, A, B, A alpha, B beta) / d(directions), as BlockLaw::Gradient counts.
Matrix5 DirectionJacobian(const Face& face, const Chinchilla& law) {
  Matrix5 jacobian = ParameterJacobian(face.chart, law) * face.directions;
  jacobian.row(3) *= law.A;
  jacobian.row(4) *= law.B;
  return jacobian;
}

/// Returns gradient * jacobian, most of whose entries are zero.
LaneMatrix Along(const LaneMatrix& gradient, const Matrix5& jacobian) {
  LaneMatrix along = LaneMatrix::Zero();
  for (int j = 0; j < 5; ++j) {
    for (int k = 0; k < 5; ++k) {
      const double factor = jacobian(k, j);
      if (factor != 0.0) along.col(j) += factor * gradient.col(k);
    }
  }
  return along;
}

void AddSquares(const LaneMatrix& along, const Lanes& bend, Matrix5* hessian) {
  for (int k = 0; k < 5; ++k) {
    const Lanes bent = along.col(k).array() * bend;
    for (int j = 0; j <= k; ++j) {
      (*hessian)(j, k) += along.col(j).dot(bent.matrix());
    }
  }
}

/// Fills the lower triangle, and says 1 where a direction is held.
void Complete(const Face& face, LocalModel* model) {
  for (int k = 0; k < 5; ++k) {
    for (int j = 0; j < k; ++j) model->hessian(k, j) = model->hessian(j, k);
    if (face.Moves(k)) continue;
    model->hessian(k, k) = 1.0;
    model->reweighted[k] = 1.0;
  }
}

}  // namespace

/// Sums over blocks from which the second derivatives by the parameters that
/// are not zero follow.
struct ChinchillaObjective::LawSums {
  Vector5 slope = Vector5::Zero();  // of BlockLaw::Gradient
  double alpha_alpha = 0.0;
  double beta_beta = 0.0;

  Vector5 ByParameter(const Chinchilla& law) const {
    Vector5 by_parameter = slope;
    by_parameter[3] *= law.A;
    by_parameter[4] *= law.B;
    return by_parameter;
  }

  Matrix5 LawHessian(const Chinchilla& law) const {
    Matrix5 hessian = Matrix5::Zero();
    hessian(1, 3) = hessian(3, 1) = slope[3];
    hessian(2, 4) = hessian(4, 2) = slope[4];
    hessian(3, 3) = law.A * alpha_alpha;
    hessian(4, 4) = law.B * beta_beta;
    return hessian;
  }
};

ChinchillaObjective::ChinchillaObjective(
    std::span<const Observation> observations, const Penalty& penalty,
    ResidualKind residual)
    : units_(UnitsOf(observations)), penalty_(penalty), residual_(residual) {
  given_weights_.reserve(observations.size());
  runs_.reserve(observations.size());
  for (const Observation& o : observations) {
    given_weights_.push_back(o.weight);
    runs_.push_back({.log_N = std::log(o.N) - units_.log_N,
                     .log_D = std::log(o.D) - units_.log_D,
                     .loss = o.L / units_.loss,
                     .log_loss = std::log(o.L / units_.loss),
                     .weight = o.weight});
  }
  FillBlocks();
}

void ChinchillaObjective::FillBlocks() {
  blocks_.clear();
  const auto fill = [](RunBlock* block, int first, const LossPoint& run) {
    const int lanes = kLanes - first;
    block->log_N.tail(lanes) = run.log_N;
    block->log_D.tail(lanes) = run.log_D;
    block->loss.tail(lanes) = run.loss;
    block->log_loss.tail(lanes) = run.log_loss;
    block->weight[first] = run.weight;
    block->weight.tail(lanes - 1) = 0.0;
  };
  int lane = 0;
  for (const LossPoint& run : runs_) {
    if (run.weight == 0.0) continue;
    if (lane == 0) blocks_.emplace_back();
    fill(&blocks_.back(), lane, run);
    lane = (lane + 1) % kLanes;
  }
}

void ChinchillaObjective::SetWeightFactors(std::span<const double> factors) {
  assert(factors.size() == runs_.size());
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    runs_[i].weight = given_weights_[i] * factors[i];
  }
  FillBlocks();
}

ChinchillaObjective::ResidualLink ChinchillaObjective::Link(
    const Lanes& predicted, const RunBlock& block) const {
  const auto possible = predicted > 0.0;
  if (residual_ == ResidualKind::kRaw) {
    return {possible.select(units_.loss * (predicted - block.loss), kInfinity),
            Lanes::Constant(units_.loss), Lanes::Zero()};
  }
  const Lanes inverse = predicted.inverse();
  return {possible.select(Log(predicted) - block.log_loss, kInfinity), inverse,
          -inverse.square()};
}

double ChinchillaObjective::Residual(const Chinchilla& law,
                                     const LossPoint& run) const {
  const double predicted = LossAtLog(law, run.log_N, run.log_D);
  if (!(predicted > 0.0)) return kInfinity;
  return residual_ == ResidualKind::kRaw ? units_.loss * (predicted - run.loss)
                                         : std::log(predicted) - run.log_loss;
}

double ChinchillaObjective::Value(Chart chart, const Vector5& point) const {
  const Chinchilla law = LawAt(chart, point);
  double value = 0.0;
  for (const RunBlock& block : blocks_) {
    const Lanes r = Link(BlockLaw(law, block).predicted, block).value;
    value += (block.weight * PenaltyAt(penalty_, r).value).sum();
  }
  return value;
}

double ChinchillaObjective::Floor() const {
  double weights = 0.0;
  for (const LossPoint& run : runs_) weights += run.weight;
  return weights * penalty_(0.0).value;
}

bool ChinchillaObjective::RootPenalties(const Face& face, const Vector5& point,
                                        double scale, std::span<double> roots,
                                        double* jacobian) const {
  assert(roots.size() == root_count());
  const Chinchilla law = LawAt(face.chart, point);
  const Matrix5 by_direction = DirectionJacobian(face, law);
  const double least = penalty_(0.0).value;
  bool finite = true;
  std::size_t first = 0;
  for (const RunBlock& block : blocks_) {
    const BlockLaw at(law, block);
    const ResidualLink r = Link(at.predicted, block);
    const PenaltyLanes p = PenaltyAt(penalty_, r.value);
    const Lanes root = (p.value - least).max(0.0).sqrt();
    const Lanes factor = scale * block.weight.sqrt();
    Eigen::Map<Lanes>(roots.data() + first) =
        factor * (r.value < 0.0).select(-root, root);
    finite = finite && root.isFinite().all();
    if (jacobian != nullptr) {
      // rho'(r) / (2 root), which tends to sqrt(rho''(0) / 2) as r goes to 0.
      const Lanes slope =
          (root > 0.0)
              .select(0.5 * p.slope.abs() / root, (0.5 * p.curvature).sqrt());
      const LaneMatrix along = Along(at.Gradient(block), by_direction);
      for (std::size_t j = 0; j < 5; ++j) {
        Eigen::Map<Lanes>(jacobian + j * roots.size() + first) =
            factor * slope * r.slope *
            along.col(static_cast<Eigen::Index>(j)).array();
      }
    }
    first += kLanes;
  }
  return finite;
}

void ChinchillaObjective::AddBlock(const RunBlock& block, const Chinchilla& law,
                                   const Matrix5& by_direction, LawSums* sums,
                                   LocalModel* model) const {
  const BlockLaw at(law, block);
  const ResidualLink r = Link(at.predicted, block);
  const PenaltyLanes p = PenaltyAt(penalty_, r.value);
  const Lanes slope = block.weight * p.slope * r.slope;
  const Lanes squared = block.weight * r.slope.square();
  const Lanes noise = r.value.abs().max(kSmallestNoise);
  const Lanes magnitude =
      block.weight * PenaltyAt(penalty_, noise).slope * r.slope.abs();
  const LaneMatrix gradient = at.Gradient(block);
  const LaneMatrix along = Along(gradient, by_direction);
  model->value += (block.weight * p.value).sum();
  model->gradient += along.transpose() * slope.matrix();
  model->magnitude += along.cwiseAbs().transpose() * magnitude.matrix();
  model->magnitude_by_E += magnitude.sum();
  model->reweighted += along.cwiseAbs2().transpose() *
                       (SquareWeights(p, r.value) * squared).matrix();
  AddSquares(along,
             p.curvature * squared + block.weight * p.slope * r.curvature,
             &model->hessian);
  sums->slope += gradient.transpose() * slope.matrix();
  sums->alpha_alpha += (slope * block.log_N.square() * at.size).sum();
  sums->beta_beta += (slope * block.log_D.square() * at.data).sum();
}

LocalModel ChinchillaObjective::ModelAt(const Face& face,
                                        const Vector5& point) const {
  const Chinchilla law = LawAt(face.chart, point);
  const Matrix5 by_direction = DirectionJacobian(face, law);
  LocalModel model;
  LawSums sums;
  for (const RunBlock& block : blocks_) {
    AddBlock(block, law, by_direction, &sums, &model);
  }
  const Vector5 by_parameter = sums.ByParameter(law);
  model.slope_by_E = by_parameter[0];
  const Matrix5 jacobian = ParameterJacobian(face.chart, law) * face.directions;
  model.hessian += jacobian.transpose() * sums.LawHessian(law) * jacobian +
                   face.directions.transpose() *
                       ParameterCurvature(face.chart, law, by_parameter) *
                       face.directions;
  Complete(face, &model);
  return model;
}

}  // namespace isoflop
