#include "analysis/regress/starts.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/solve/limits.h"
#include "lib/numeric/cube_points.h"

namespace isoflop {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

std::vector<int> FreeOnes(const Chart& chart, bool linear) {
  std::vector<int> chosen;
  for (const int k : chart.free()) {
    const auto i = static_cast<std::size_t>(k);
    if (chart.model().coefficients[i].linear == linear) chosen.push_back(k);
  }
  return chosen;
}

double Between(const Coefficient& spec, double share) {
  if (spec.low > 0.0) return spec.low * std::pow(spec.high / spec.low, share);
  return spec.low + share * (spec.high - spec.low);
}

/// The linear problem at given other coefficients: sums over the runs of
/// weighted products of the linear terms over y, and of those and what the
/// others leave of 1.
struct LinearProblem {
  MatrixXd products;
  VectorXd right_side;
  double target = 0.0;
  double weight = 0.0;

  double Squares(const VectorXd& x) const {
    return target - 2.0 * x.dot(right_side) + x.dot(products * x);
  }
};

/// Which of a variant's coefficients are unknowns of the linear problem.
struct LinearTerms {
  int count = 0;
  int own[kMostSlopes] = {};      // its number among the variant's
  Index place[kMostSlopes] = {};  // among the unknowns
  double c[kMostSlopes] = {};     // its value while the block is evaluated
};

/// Sums over blocks, lane by lane: of the products of terms, pair by pair, then
/// of terms and target, then of the target's square and of the weight.
using LinearSums = Lane[kMostSlopes * (kMostSlopes + 3) / 2 + 2];

ISOFLOP_VECTORISE void AddLinearBlock(const RunBlock& runs,
                                      const BlockPrediction& at,
                                      const LinearTerms& terms,
                                      LinearSums& sums) {
  Lane target;
  Lane column[kMostSlopes];
  for (int i = 0; i < kLanes; ++i) target[i] = runs.y[i] - at.y[i];
  for (int t = 0; t < terms.count; ++t) {
    const double* __restrict slope = at.slope[terms.own[t]];
    for (int i = 0; i < kLanes; ++i) {
      target[i] += terms.c[t] * slope[i];
      column[t][i] = slope[i] / runs.y[i];
    }
  }
  for (int i = 0; i < kLanes; ++i) target[i] /= runs.y[i];
  int sum = 0;
  for (int t = 0; t < terms.count; ++t) {
    Lane weighted;
    for (int i = 0; i < kLanes; ++i)
      weighted[i] = runs.weight[i] * column[t][i];
    for (int s = 0; s <= t; ++s, ++sum) {
      for (int i = 0; i < kLanes; ++i)
        sums[sum][i] += weighted[i] * column[s][i];
    }
    for (int i = 0; i < kLanes; ++i) sums[sum][i] += weighted[i] * target[i];
    ++sum;
  }
  for (int i = 0; i < kLanes; ++i) {
    sums[sum][i] += runs.weight[i] * target[i] * target[i];
    sums[sum + 1][i] += runs.weight[i];
  }
}

/// Adds the sums of a variant's blocks to the problem.
void AddSums(const LinearTerms& terms, const LinearSums& sums,
             LinearProblem* problem) {
  int sum = 0;
  for (int t = 0; t < terms.count; ++t) {
    for (int s = 0; s <= t; ++s, ++sum) {
      const double product = Sum(sums[sum]);
      problem->products(terms.place[t], terms.place[s]) += product;
      if (s != t) problem->products(terms.place[s], terms.place[t]) += product;
    }
    problem->right_side[terms.place[t]] += Sum(sums[sum++]);
  }
  problem->target += Sum(sums[sum]);
  problem->weight += Sum(sums[sum + 1]);
}

LinearProblem LinearAt(const Objective& objective, const VectorXd& c,
                       const std::vector<int>& linear) {
  const auto size = std::ssize(linear);
  LinearProblem problem{MatrixXd::Zero(size, size), VectorXd::Zero(size)};
  const LawModel& model = objective.model();
  BlockPrediction at;
  for (const auto blocks : objective.runs().ByVariant()) {
    const OwnCoefficients own(model, blocks.front().variant, c);
    LinearTerms terms;
    for (std::size_t k = 0; k < own.index.size(); ++k) {
      const auto found = std::ranges::find(linear, own.index[k]);
      if (found == linear.end()) continue;
      terms.own[terms.count] = static_cast<int>(k);
      terms.place[terms.count] = found - linear.begin();
      terms.c[terms.count++] = own.c[k];
    }
    LinearSums sums = {};
    for (const RunBlock& block : blocks) {
      model.evaluate(own.c, block, &at);
      AddLinearBlock(block, at, terms, sums);
    }
    AddSums(terms, sums, &problem);
  }
  return problem;
}

/// Least squares over the terms that are kept; the others are 0.
VectorXd SolveFor(const LinearProblem& problem,
                  const std::vector<Index>& kept) {
  VectorXd x = VectorXd::Zero(problem.right_side.size());
  if (kept.empty()) return x;
  const VectorXd solution = MatrixXd(problem.products(kept, kept))
                                .ldlt()
                                .solve(problem.right_side(kept));
  x(kept) = solution;
  return x;
}

/// Least squares with the right signs: the most wrong one is left out, again
/// and again, until none is.
VectorXd SolveWithSigns(const LinearProblem& problem,
                        const std::vector<bool>& positive) {
  std::vector<Index> kept;
  for (Index k = 0; k < problem.right_side.size(); ++k) kept.push_back(k);
  while (true) {
    VectorXd x = SolveFor(problem, kept);
    if (!x.allFinite()) return VectorXd::Zero(x.size());
    const auto share = [&](Index k) {
      const bool wrong = positive[static_cast<std::size_t>(k)] && x[k] < 0.0;
      return wrong ? x[k] * std::sqrt(problem.products(k, k)) : 0.0;
    };
    const auto worst = std::ranges::min_element(kept, {}, share);
    if (worst == kept.end() || share(*worst) == 0.0) return x;
    kept.erase(worst);
  }
}

/// Sets the linear coefficients to what fits best, and returns the squares.
double SolveLinear(const Objective& objective, const Chart& chart,
                   const std::vector<int>& linear, VectorXd* c) {
  *c = chart.Impose(*c);
  if (linear.empty()) return LinearAt(objective, *c, linear).target;
  const LinearProblem problem = LinearAt(objective, *c, linear);
  std::vector<bool> positive;
  for (const int k : linear) {
    const auto i = static_cast<std::size_t>(k);
    positive.push_back(objective.model().coefficients[i].positive);
  }
  const VectorXd x = SolveWithSigns(problem, positive);
  for (std::size_t k = 0; k < linear.size(); ++k) {
    const auto place = static_cast<Index>(k);
    const double one_percent =
        0.01 * std::sqrt(problem.weight / problem.products(place, place));
    (*c)[linear[k]] = positive[k] ? std::max(x[place], one_percent) : x[place];
  }
  *c = chart.Impose(*c);
  const double squares = problem.Squares(x);
  if (!std::isfinite(squares) || !c->allFinite()) return kInfinity;
  return squares;
}

}  // namespace

Start StartAt(const Objective& objective, const Chart& chart, int index) {
  const LawModel& model = objective.model();
  const std::vector<int> linear = FreeOnes(chart, true);
  const std::vector<int> others = FreeOnes(chart, false);
  Start start{VectorXd::Ones(model.size()), 0.0};
  if (model.start) {
    start.c = chart.Impose(model.start(CubePoint(model.start_dimensions, index),
                                       objective.runs().blocks()));
  } else {
    const VectorXd cube = CubePoint(std::ssize(others), index);
    for (std::size_t j = 0; j < others.size(); ++j) {
      const auto i = static_cast<std::size_t>(others[j]);
      start.c[others[j]] =
          Between(model.coefficients[i], cube[static_cast<Index>(j)]);
    }
    // What is tied to another has no place of its own in the cube.
    start.c = chart.Impose(start.c);
  }
  for (int round = 0; round < model.linear_rounds; ++round) {
    start.squares = SolveLinear(objective, chart, linear, &start.c);
  }
  if (others.empty() && index > 0) {
    // The least-squares solution is the only start, but for being pushed away.
    const VectorXd cube = CubePoint(std::ssize(linear), index);
    for (std::size_t j = 0; j < linear.size(); ++j) {
      start.c[linear[j]] *= std::exp(4.0 * (cube[static_cast<Index>(j)] - 0.5));
    }
  }
  return start;
}

VectorXd Completed(const Objective& objective, const Chart& chart, VectorXd c) {
  std::vector<int> unknown;
  for (const int k : FreeOnes(chart, true)) {
    if (!std::isnan(c[k])) continue;
    unknown.push_back(k);
    c[k] = 1.0;
  }
  SolveLinear(objective, chart, unknown, &c);
  return c;
}

Start BestStart(const Objective& objective, const Chart& chart, int count) {
  Start best = StartAt(objective, chart, 0);
  for (int index = 1; index < count; ++index) {
    Start start = StartAt(objective, chart, index);
    if (start.squares < best.squares) best = std::move(start);
  }
  return best;
}

}  // namespace isoflop
