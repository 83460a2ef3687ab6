// From what a search moves to the coefficients of a law: which are free, which
// are held at a value or at a bound, which are one, and in which coordinates
// the valleys of the objective are nearly straight.

#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "analysis/regress/law_model.h"

namespace isoflop {

/// What coefficients are held at, as they are given to people (p of
/// Coefficient); absent: free.
using HeldValues = std::vector<std::optional<double>>;

/// What a person asked for.
struct Constraints {
  HeldValues held;  // one a coefficient, or empty: nothing is held

  /// Coefficients that are one: the second follows the first.
  std::optional<std::pair<int, int>> tied = {};
};

/// Coordinates z of the free coefficients of a model. `model` outlives it.
class Chart {
 public:
  /// `at_bound`: values of c at which coefficients are held besides, one a
  /// coefficient, or empty.
  Chart(const LawModel& model, const Constraints& constraints,
        HeldValues at_bound = {});

  Eigen::Index size() const { return std::ssize(free_); }

  /// The coefficient that each coordinate is of.
  const std::vector<int>& free() const { return free_; }
  bool IsFree(int coefficient) const {
    return coordinate_[static_cast<std::size_t>(coefficient)] >= 0 &&
           !IsTied(coefficient);
  }
  const HeldValues& at_bound() const { return at_bound_; }
  const LawModel& model() const { return *model_; }

  /// Whether level and slopes of the model are coordinates.
  bool has_levels() const { return !levels_.empty(); }

  /// Returns c, and dc / dz unless null.
  Eigen::VectorXd Centred(const Eigen::VectorXd& z,
                          Eigen::MatrixXd* by_z = nullptr) const;

  /// Returns z of coefficients c, those that are held left aside.
  /// REQUIRES: c of Coordinate::kLog are above 0, and exponents of levels are
  /// not 0.
  Eigen::VectorXd CoordinatesOf(const Eigen::VectorXd& c) const;

  /// Returns c with what is held, tied or at a bound as it is here.
  Eigen::VectorXd Impose(Eigen::VectorXd c) const;

  /// Returns sum_k slopes_k d2c_k / dz2.
  Eigen::MatrixXd Bend(const Eigen::VectorXd& z,
                       const Eigen::VectorXd& slopes) const;

  /// Returns p of coefficients c.
  Eigen::VectorXd Given(const Eigen::VectorXd& c) const;

  /// Returns c of coefficients p.
  Eigen::VectorXd CentredFrom(const Eigen::VectorXd& p) const;

  /// Returns d(ln p_k where positive, otherwise p_k)/dz of the free
  /// coefficients, a row each.
  Eigen::MatrixXd GivenByCoordinates(const Eigen::VectorXd& z) const;

 private:
  bool IsTied(int coefficient) const {
    return constraints_.tied && constraints_.tied->second == coefficient;
  }
  bool IsReshaped() const {
    return model_->reshape && size() == model_->size();
  }
  const Coefficient& Spec(int coefficient) const {
    return model_->coefficients[static_cast<std::size_t>(coefficient)];
  }
  double HeldAt(int coefficient, const Eigen::VectorXd& c,
                double* by_exponent) const;
  void FillHeld(Eigen::VectorXd* c, Eigen::MatrixXd* by_z) const;
  void ApplyLevels(Eigen::VectorXd* c, Eigen::MatrixXd* by_z) const;

  const LawModel* model_;
  Constraints constraints_;
  HeldValues at_bound_;
  std::vector<int> free_;
  std::vector<Eigen::Index> coordinate_;  // of each coefficient; -1: held
  std::vector<LevelAndSlopes> levels_;    // those of the model that apply
};

}  // namespace isoflop
