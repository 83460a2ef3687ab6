// Where the descents of a fit begin.

#pragma once

#include <Eigen/Core>

#include "analysis/regress/chart.h"
#include "analysis/regress/objective.h"

namespace isoflop {

/// Coefficients c to descend from, and the weighted sum of squares of
/// y_predicted / y - 1 there; infinite where there is no number.
struct Start {
  Eigen::VectorXd c;
  double squares = 0.0;
};

/// Returns start number `index` of an endless sequence, the same every time.
///
/// The coefficients in which the law is not linear are a point of a sequence
/// that fills their ranges evenly, however many are taken (Roberts 2018, the
/// additive recurrence by powers of 1 / phi_d, phi_d^(d + 1) = phi_d + 1); the
/// linear ones follow by least squares, without the signs that they cannot
/// have: variable projection (Golub & Pereyra 1973), of which a start needs no
/// more than the basin. A term that comes out as nothing is given 1 % of y, to
/// descend from.
Start StartAt(const Objective& objective, const Chart& chart, int index);

/// Returns given coefficients with what is held as it is and linear ones that
/// are NaN by least squares.
Eigen::VectorXd Completed(const Objective& objective, const Chart& chart,
                          Eigen::VectorXd c);

/// Returns the start of least squares of the first `count`.
Start BestStart(const Objective& objective, const Chart& chart, int count);

}  // namespace isoflop
