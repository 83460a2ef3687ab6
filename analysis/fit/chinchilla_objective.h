// The objective of Approach 3 with its derivatives.

#pragma once

#include <span>
#include <vector>

#include "analysis/fit/coordinates.h"
#include "analysis/fit/fit_options.h"
#include "analysis/fit/observation.h"
#include "analysis/fit/penalty.h"
#include "analysis/laws/chinchilla.h"

namespace isoflop {

/// The objective near a point.
struct LocalModel {
  double value = 0.0;
  Vector5 gradient = Vector5::Zero();
  Matrix5 hessian = Matrix5::Zero();

  /// Hessian of the weighted least squares that touches the objective here
  /// (Penalty::SquareWeight), without second derivatives: never indefinite.
  Matrix5 reweighted = Matrix5::Zero();

  /// Sums of the magnitudes of the gradient's terms, for the certificate.
  Vector5 magnitude = Vector5::Zero();

  /// Derivative by E alone, A, B, alpha and beta held: not negative where a
  /// minimum on the bound E = 0 is one.
  double slope_by_E = 0.0;
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

/// r as a function of the predicted loss, with derivatives.
struct ResidualLink {
  double value = 0.0;
  double slope = 0.0;
  double curvature = 0.0;
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
  double Value(Face face, const Vector5& point) const;

  /// Writes R_i = scale sign(r_i) sqrt(w_i (rho(r_i) - rho(0))), whose squares
  /// sum to f but for a constant, and unless `jacobian` is null the derivatives
  /// dR_i / d(coordinate j) column by column. Returns whether all are finite.
  bool RootPenalties(Face face, const Vector5& point, double scale,
                     std::span<double> roots, double* jacobian) const;

  LocalModel ModelAt(Face face, const Vector5& point) const;

  /// Returns the residual of one run.
  double Residual(const Chinchilla& law, const LossPoint& run) const;

  /// Returns `law`, which is centred, for N, D and L as they were given; and
  /// the other way round.
  Chinchilla InGivenUnits(const Chinchilla& law) const;
  Chinchilla Centred(const Chinchilla& law) const;

  /// Returns d(E, A, B, alpha, beta, centred) / d(ln E, ln A, ln B, alpha,
  /// beta, as given) at the centred law.
  Matrix5 GivenJacobian(const Chinchilla& law) const;

  const std::vector<LossPoint>& runs() const { return runs_; }
  const Penalty& penalty() const { return penalty_; }

 private:
  ResidualLink Link(double predicted, const LossPoint& run) const;

  std::vector<LossPoint> runs_;
  std::vector<double> given_weights_;
  Penalty penalty_;
  ResidualKind residual_;
  double mean_log_N_ = 0.0;
  double mean_log_D_ = 0.0;
  double loss_unit_ = 1.0;  // nats per token
};

}  // namespace isoflop
