// The objective of Approach 3 with its derivatives.

#pragma once

#include <span>
#include <vector>

#include "analysis/fit/coordinates.h"
#include "analysis/fit/data_units.h"
#include "analysis/fit/fit_options.h"
#include "analysis/fit/lanes.h"
#include "analysis/fit/observation.h"
#include "analysis/fit/penalty.h"
#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// The objective near a point, along the directions of a face. What belongs to
/// a direction that is held is 0, on the diagonals 1.
struct LocalModel {
  double value = 0.0;
  Vector5 gradient = Vector5::Zero();
  Matrix5 hessian = Matrix5::Zero();

  /// Diagonal of the Hessian of the weighted least squares that touches the
  /// objective here (Penalty::SquareWeight), without second derivatives: the
  /// scale of each direction, never negative.
  Vector5 reweighted = Vector5::Zero();

  /// Sums of the magnitudes of the gradient's terms, for the certificate.
  Vector5 magnitude = Vector5::Zero();

  /// Derivative by E alone, A, B, alpha and beta held: not negative where a
  /// minimum on the bound E = 0 is one; and the sum of its terms' magnitudes.
  double slope_by_E = 0.0;
  double magnitude_by_E = 0.0;
};

/// One run as the objective sees it: N, D and L in units of their geometric
/// means, which is what "centred" stands for below.
struct LossPoint {
  double log_N = 0.0;
  double log_D = 0.0;
  double loss = 0.0;
  double log_loss = 0.0;
  double weight = 0.0;
};

/// f = sum_i w_i rho(r_i) over runs, r = ln L(N, D) - ln L or L(N, D) - L, the
/// latter in nats.
class ChinchillaObjective {
 public:
  /// REQUIRES: observations is not empty, and every number is positive.
  ChinchillaObjective(std::span<const Observation> observations,
                      const Penalty& penalty, ResidualKind residual);

  /// Makes w_i = (weight of observation i) * factors[i], which may be 0.
  void SetWeightFactors(std::span<const double> factors);
  void set_penalty(const Penalty& penalty) { penalty_ = penalty; }

  /// Returns f; not finite where the law predicts a loss that is not positive.
  double Value(Chart chart, const Vector5& point) const;

  /// Returns the least that f could be: sum_i w_i rho(0).
  double Floor() const;

  /// Writes R_i = scale sign(r_i) sqrt(w_i (rho(r_i) - rho(0))), whose squares
  /// sum to f but for a constant, and unless `jacobian` is null the derivatives
  /// dR_i / d(direction j) column by column. Returns whether all are finite.
  /// REQUIRES: roots.size() == root_count().
  bool RootPenalties(const Face& face, const Vector5& point, double scale,
                     std::span<double> roots, double* jacobian) const;
  std::size_t root_count() const { return blocks_.size() * kLanes; }

  LocalModel ModelAt(const Face& face, const Vector5& point) const;

  /// Returns the residual of one run.
  double Residual(const Chinchilla& law, const LossPoint& run) const;

  const DataUnits& units() const { return units_; }
  const std::vector<LossPoint>& runs() const { return runs_; }
  const Penalty& penalty() const { return penalty_; }

 private:
  /// r as a function of the predicted loss, with derivatives.
  struct ResidualLink {
    Lanes value;
    Lanes slope;
    Lanes curvature;
  };

  struct LawSums;

  ResidualLink Link(const Lanes& predicted, const RunBlock& block) const;
  void AddBlock(const RunBlock& block, const Chinchilla& law,
                const Matrix5& by_direction, LawSums* sums,
                LocalModel* model) const;
  void FillBlocks();

  DataUnits units_;
  std::vector<LossPoint> runs_;
  std::vector<RunBlock> blocks_;  // of the runs whose weight is not 0
  std::vector<double> given_weights_;
  Penalty penalty_;
  ResidualKind residual_;
};

}  // namespace isoflop
