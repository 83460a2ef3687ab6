#include "analysis/fit/law_starts.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>

namespace isoflop {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Every combination of starting values; 1 stands for what least squares will
/// find.
std::vector<VectorXd> Combinations(const LawObjective& objective) {
  std::vector<VectorXd> grid = {VectorXd(objective.size())};
  for (Index j = 0; j < objective.size(); ++j) {
    const int i = objective.free()[static_cast<std::size_t>(j)];
    const CoefficientSpec& spec =
        objective.model().coefficients[static_cast<std::size_t>(i)];
    const std::vector<double> bases =
        spec.linear ? std::vector<double>{1.0} : spec.starts;
    std::vector<VectorXd> longer;
    longer.reserve(grid.size() * bases.size());
    for (const VectorXd& start : grid) {
      for (const double base : bases) {
        longer.push_back(start);
        longer.back()[j] = spec.positive ? std::log(base) : base;
      }
    }
    grid = std::move(longer);
  }
  return grid;
}

/// The starts that the model gives itself.
std::vector<VectorXd> GivenStarts(const LawObjective& objective) {
  std::vector<VectorXd> starts;
  for (const VectorXd& p : objective.model().starting_coefficients) {
    starts.push_back(objective.Coordinates(p));
  }
  return starts;
}

/// Coordinates of the coefficients in which the law is linear.
std::vector<Index> LinearCoordinates(const LawObjective& objective) {
  std::vector<Index> linear;
  for (Index j = 0; j < objective.size(); ++j) {
    const int i = objective.free()[static_cast<std::size_t>(j)];
    if (objective.model().coefficients[static_cast<std::size_t>(i)].linear) {
      linear.push_back(j);
    }
  }
  return linear;
}

/// The law's linear part at a point: what each linear coefficient's unit
/// contributes to y_predicted / y, and what is left of 1 by the others.
struct LinearPart {
  MatrixXd columns;
  VectorXd target;
};

LinearPart LinearPartAt(const LawObjective& objective, const VectorXd& z,
                        const std::vector<Index>& linear) {
  const LawModel& model = objective.model();
  MatrixXd by_z;
  const VectorXd p = objective.Coefficients(z, &by_z);
  VectorXd gradient(model.size());
  LinearPart part;
  part.columns.resize(std::ssize(objective.runs()), std::ssize(linear));
  part.target.resize(std::ssize(objective.runs()));
  for (Index row = 0; row < part.target.size(); ++row) {
    const LawRun& run = objective.runs()[static_cast<std::size_t>(row)];
    const double y = model.predict(p.data(), run, gradient.data());
    const double root = std::sqrt(run.weight) / run.y;
    double rest = y;
    for (Index k = 0; k < std::ssize(linear); ++k) {
      const int i = objective.free()[static_cast<std::size_t>(
          linear[static_cast<std::size_t>(k)])];
      part.columns(row, k) = root * gradient[i] * p[i];
      rest -= gradient[i] * p[i];
    }
    part.target[row] = root * (run.y - rest);
  }
  return part;
}

/// Least squares over the columns of `kept` (a bit each); the rest is 0.
VectorXd SolveFor(const LinearPart& part, unsigned kept) {
  std::vector<Index> columns;
  for (Index k = 0; k < part.columns.cols(); ++k) {
    if ((kept >> static_cast<unsigned>(k)) & 1U) columns.push_back(k);
  }
  VectorXd x = VectorXd::Zero(part.columns.cols());
  const VectorXd solution = part.columns(Eigen::all, columns)
                                .colPivHouseholderQr()
                                .solve(part.target);
  for (std::size_t k = 0; k < columns.size(); ++k) {
    x[columns[k]] = solution[static_cast<Index>(k)];
  }
  return x;
}

/// The best of the solutions with the right signs.
VectorXd BestOf(const LinearPart& part, const std::vector<bool>& positive) {
  const auto count = static_cast<unsigned>(part.columns.cols());
  VectorXd best = VectorXd::Zero(part.columns.cols());
  double lowest = std::numeric_limits<double>::infinity();
  for (unsigned kept = 1; kept < (1U << count); ++kept) {
    const VectorXd x = SolveFor(part, kept);
    bool right = x.allFinite();
    for (Index k = 0; right && k < x.size(); ++k) {
      right = x[k] >= 0.0 || !positive[static_cast<std::size_t>(k)];
    }
    const double squares = (part.columns * x - part.target).squaredNorm();
    if (!right || !(squares < lowest)) continue;
    best = x;
    lowest = squares;
  }
  return best;
}

/// Multiplies the linear coefficients of `z` by what fits best.
void ImproveLinear(const LawObjective& objective,
                   const std::vector<Index>& linear, VectorXd* z) {
  const LinearPart part = LinearPartAt(objective, *z, linear);
  if (!part.columns.allFinite() || !part.target.allFinite()) return;
  std::vector<bool> positive;
  for (const Index j : linear) {
    const int i = objective.free()[static_cast<std::size_t>(j)];
    positive.push_back(
        objective.model().coefficients[static_cast<std::size_t>(i)].positive);
  }
  const VectorXd factors = BestOf(part, positive);
  for (std::size_t k = 0; k < linear.size(); ++k) {
    const auto column = static_cast<Index>(k);
    const double one_percent =
        0.01 * part.target.norm() / part.columns.col(column).norm();
    if (positive[k]) {
      (*z)[linear[k]] += std::log(std::max(factors[column], one_percent));
    } else {
      (*z)[linear[k]] *= factors[column];
    }
  }
}

}  // namespace

std::vector<VectorXd> StartsOf(const LawObjective& objective) {
  if (objective.model().starts) {
    return objective.model().starts(objective.runs());
  }
  const std::vector<Index> linear = LinearCoordinates(objective);
  std::vector<VectorXd> starts;
  auto candidates = objective.model().starting_coefficients.empty()
                        ? Combinations(objective)
                        : GivenStarts(objective);
  for (VectorXd& z : candidates) {
    // Twice, because U_N of repeated data depends on A and B.
    for (int round = 0; round < 2 && !linear.empty(); ++round) {
      ImproveLinear(objective, linear, &z);
    }
    if (z.allFinite() && std::isfinite(objective.Value(z))) {
      starts.push_back(std::move(z));
    }
  }
  return starts;
}

}  // namespace isoflop
