// The objective of a joint fit of several recipes, with its derivatives.

#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "analysis/fit/minimise.h"
#include "analysis/fit/observation.h"
#include "analysis/fit/penalty.h"
#include "analysis/fit/recipe_layout.h"

namespace isoflop {

/// One run, with N, D and L in units of their geometric means over all runs.
struct RecipePoint {
  int recipe = 0;
  double log_N = 0.0;
  double log_D = 0.0;
  double log_loss = 0.0;
  double weight = 0.0;
};

/// Runs of numbered recipes, centred.
class RecipeData {
 public:
  /// REQUIRES: one recipe number for each observation; not empty; every number
  /// is positive.
  RecipeData(std::span<const Observation> observations,
             std::span<const int> recipes);

  /// Makes w_i = (weight of observation i) * factors[i], which may be 0.
  void SetWeightFactors(std::span<const double> factors);

  const std::vector<RecipePoint>& runs() const { return runs_; }
  double MeanLogN() const { return mean_log_N_; }
  double MeanLogD() const { return mean_log_D_; }

  /// Returns a law of centred N, D and L for those that were given; and the
  /// other way round.
  Chinchilla InGivenUnits(const Chinchilla& law) const;
  Chinchilla Centred(const Chinchilla& law) const;

 private:
  std::vector<RecipePoint> runs_;
  std::vector<double> given_weights_;
  double mean_log_N_ = 0.0;
  double mean_log_D_ = 0.0;
  double mean_log_L_ = 0.0;
};

/// f = sum_i w_i rho(r_i), r = ln L_predicted - ln L. Where E is held at 0, it
/// has no derivative by E.
class RecipeObjective {
 public:
  /// REQUIRES: `data` outlives it.
  RecipeObjective(const RecipeData& data, const RecipeLayout& layout,
                  const Penalty& penalty, bool with_offset)
      : data_(data),
        layout_(layout),
        penalty_(penalty),
        with_offset_(with_offset) {}

  const RecipeLayout& layout() const { return layout_; }
  int runs() const { return static_cast<int>(data_.runs().size()); }

  /// Returns f; not finite where a predicted loss is not positive.
  double Value(const Eigen::VectorXd& point) const;

  LocalQuadratic ModelAt(const Eigen::VectorXd& point) const;

  /// Writes R_i = scale sign(r_i) sqrt(w_i rho(r_i)), whose squares sum to f,
  /// and unless `jacobian` is null dR_i / d(parameter j) column by column.
  /// Returns whether all are finite. REQUIRES: rho(0) = 0.
  bool RootPenalties(const Eigen::VectorXd& point, double scale, double* roots,
                     double* jacobian) const;

 private:
  struct Residual {
    double value = 0.0;
    std::array<double, 5> slope{};  // by E, ln A, ln B, alpha, beta
    double size = 0.0;              // the share of A's term in the prediction
    double data = 0.0;              // that of B's
  };
  Residual ResidualAt(const Chinchilla& law, const RecipePoint& run) const;
  static Eigen::Matrix<double, 5, 5> ResidualHessian(const Residual& r,
                                                     const RecipePoint& run);

  const RecipeData& data_;
  RecipeLayout layout_;
  Penalty penalty_;
  bool with_offset_;
};

}  // namespace isoflop
