#include "analysis/regress/chart.h"

#include <algorithm>
#include <cmath>

namespace isoflop {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Of a coordinate, for differences of dc / dz. What they are used for vanishes
/// at a minimum, so that their error does not matter there.
constexpr double kDifference = 1e-5;

/// An exponent that is 0 has no level and slope; one that is nearly so is as
/// good.
constexpr double kLeastExponent = 1e-12;

}  // namespace

Chart::Chart(const LawModel& model, const Constraints& constraints,
             HeldValues at_bound)
    : model_(&model),
      constraints_(constraints),
      at_bound_(std::move(at_bound)),
      coordinate_(model.coefficients.size(), -1) {
  constraints_.held.resize(model.coefficients.size());
  at_bound_.resize(model.coefficients.size());
  if (const auto& tied = constraints_.tied) {
    auto& first = constraints_.held[static_cast<std::size_t>(tied->first)];
    auto& second = constraints_.held[static_cast<std::size_t>(tied->second)];
    first = second = first ? first : second;
  }
  for (int k = 0; k < model.size(); ++k) {
    const auto i = static_cast<std::size_t>(k);
    if (constraints_.held[i] || at_bound_[i] || IsTied(k)) continue;
    coordinate_[i] = size();
    free_.push_back(k);
  }
  if (const auto& tied = constraints_.tied) {
    coordinate_[static_cast<std::size_t>(tied->second)] =
        coordinate_[static_cast<std::size_t>(tied->first)];
  }
  const auto moves = [&](int k) {
    return coordinate_[static_cast<std::size_t>(k)] >= 0;
  };
  for (const LevelAndSlopes& level : model.level_and_slopes) {
    const bool all = moves(level.constant) &&
                     std::ranges::all_of(level.terms, [&](const auto& term) {
                       return moves(term.first) && moves(term.second);
                     });
    if (all) levels_.push_back(level);
  }
}

/// Returns c of a coefficient that is held, and dc / dq of the coefficient that
/// its unit depends on.
double Chart::HeldAt(int coefficient, const VectorXd& c,
                     double* by_exponent) const {
  const auto i = static_cast<std::size_t>(coefficient);
  *by_exponent = 0.0;
  if (at_bound_[i]) return *at_bound_[i];
  const Coefficient& spec = Spec(coefficient);
  const double p = *constraints_.held[i];
  if (spec.sheared_by < 0) return p * std::exp(-spec.constant);
  const double q = c[spec.sheared_by];
  if (spec.is_power) {
    const double log_p = std::log(p) - spec.constant;
    const double value = std::exp(q * log_p - spec.shear);
    *by_exponent = log_p * value;
    return value;
  }
  const double value = p * std::exp(-spec.constant - spec.shear * q);
  *by_exponent = -spec.shear * value;
  return value;
}

void Chart::FillHeld(VectorXd* c, MatrixXd* by_z) const {
  for (int k = model_->size() - 1; k >= 0; --k) {
    if (coordinate_[static_cast<std::size_t>(k)] >= 0) continue;
    double by_exponent = 0.0;
    (*c)[k] = HeldAt(k, *c, &by_exponent);
    if (by_z == nullptr || by_exponent == 0.0) continue;
    by_z->row(k) = by_exponent * by_z->row(Spec(k).sheared_by);
  }
}

/// From (level, slope, exponent) in the places of (constant, scale, exponent).
void Chart::ApplyLevels(VectorXd* c, MatrixXd* by_z) const {
  for (const LevelAndSlopes& level : levels_) {
    for (const auto& [scale, exponent] : level.terms) {
      double& q = (*c)[exponent];
      if (q == 0.0) q = kLeastExponent;
      (*c)[scale] /= q;
      if (by_z != nullptr) {
        by_z->row(scale) =
            (by_z->row(scale) - (*c)[scale] * by_z->row(exponent)) / q;
      }
    }
    // Terms of one scale and two exponents are not known; each scale counts.
    for (const auto& [scale, exponent] : level.terms) {
      (*c)[level.constant] -= (*c)[scale];
      if (by_z != nullptr) by_z->row(level.constant) -= by_z->row(scale);
    }
  }
}

VectorXd Chart::Centred(const VectorXd& z, MatrixXd* by_z) const {
  VectorXd c = VectorXd::Zero(model_->size());
  if (by_z != nullptr) by_z->setZero(model_->size(), size());
  for (int k = 0; k < model_->size(); ++k) {
    const Index j = coordinate_[static_cast<std::size_t>(k)];
    if (j < 0) continue;
    const bool log = Spec(k).coordinate == Coordinate::kLog;
    c[k] = log ? std::exp(z[j]) : z[j];
    if (by_z != nullptr) (*by_z)(k, j) = log ? c[k] : 1.0;
  }
  if (IsReshaped()) model_->reshape(&c, by_z);
  ApplyLevels(&c, by_z);
  FillHeld(&c, by_z);
  return c;
}

VectorXd Chart::CoordinatesOf(const VectorXd& c) const {
  VectorXd moved = c;
  for (const LevelAndSlopes& level : levels_) {
    for (const auto& [scale, exponent] : level.terms) {
      moved[level.constant] += c[scale];
      moved[scale] = c[scale] * c[exponent];
    }
  }
  if (IsReshaped()) model_->shape_back(&moved);
  VectorXd z(size());
  for (Index j = 0; j < size(); ++j) {
    const int k = free_[static_cast<std::size_t>(j)];
    z[j] =
        Spec(k).coordinate == Coordinate::kLog ? std::log(moved[k]) : moved[k];
  }
  return z;
}

VectorXd Chart::Impose(VectorXd c) const {
  if (const auto& tied = constraints_.tied) {
    const double one = std::sqrt(c[tied->first] * c[tied->second]);
    c[tied->first] = c[tied->second] = one;
  }
  FillHeld(&c, nullptr);
  return c;
}

MatrixXd Chart::Bend(const VectorXd& z, const VectorXd& slopes) const {
  const auto pull = [&](const VectorXd& place) -> VectorXd {
    MatrixXd by_z;
    Centred(place, &by_z);
    return by_z.transpose() * slopes;
  };
  MatrixXd bend(size(), size());
  VectorXd place = z;
  for (Index j = 0; j < size(); ++j) {
    place[j] = z[j] + kDifference;
    const VectorXd above = pull(place);
    place[j] = z[j] - kDifference;
    bend.col(j) = (above - pull(place)) / (2.0 * kDifference);
    place[j] = z[j];
  }
  return 0.5 * (bend + bend.transpose());
}

VectorXd Chart::Given(const VectorXd& c) const {
  VectorXd p(c.size());
  for (int k = 0; k < model_->size(); ++k) {
    const Coefficient& spec = Spec(k);
    const auto& held = constraints_.held[static_cast<std::size_t>(k)];
    const double q = spec.sheared_by < 0 ? 0.0 : c[spec.sheared_by];
    if (held) {
      p[k] = *held;
    } else if (spec.is_power) {
      p[k] = std::exp(spec.constant + (std::log(c[k]) + spec.shear) / q);
    } else {
      p[k] = std::exp(spec.constant + spec.shear * q) * c[k];
    }
  }
  return p;
}

VectorXd Chart::CentredFrom(const VectorXd& p) const {
  VectorXd c = p;
  for (int k = model_->size() - 1; k >= 0; --k) {
    const Coefficient& spec = Spec(k);
    const double q = spec.sheared_by < 0 ? 0.0 : c[spec.sheared_by];
    if (spec.is_power) {
      c[k] = std::exp(q * (std::log(p[k]) - spec.constant) - spec.shear);
    } else {
      c[k] = p[k] * std::exp(-spec.constant - spec.shear * q);
    }
  }
  return c;
}

MatrixXd Chart::GivenByCoordinates(const VectorXd& z) const {
  MatrixXd by_z;
  const VectorXd c = Centred(z, &by_z);
  MatrixXd rows(size(), size());
  for (Index j = 0; j < size(); ++j) {
    const int k = free_[static_cast<std::size_t>(j)];
    const Coefficient& spec = Spec(k);
    // d ln p, of which d p is p times.
    Eigen::RowVectorXd row = by_z.row(k) / c[k];
    if (spec.sheared_by >= 0) {
      const auto q = by_z.row(spec.sheared_by);
      const double at = c[spec.sheared_by];
      row = spec.is_power
                ? Eigen::RowVectorXd(
                      (row - (std::log(c[k]) + spec.shear) / at * q) / at)
                : Eigen::RowVectorXd(row + spec.shear * q);
    }
    const bool is_exponent =
        spec.coordinate == Coordinate::kPlain && !spec.bound;
    rows.row(j) = spec.positive && !is_exponent
                      ? row
                      : Eigen::RowVectorXd(Given(c)[k] * row);
  }
  return rows;
}

}  // namespace isoflop
