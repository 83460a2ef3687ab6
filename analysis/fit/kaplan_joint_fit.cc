#include "analysis/fit/kaplan_joint_fit.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "analysis/fit/kaplan_joint_runs.h"
#include "analysis/fit/limits.h"
#include "analysis/fit/offset_squares.h"

namespace isoflop {
namespace {

using Eigen::VectorXd;

/// A term that is nowhere more than this share of the sum has no effect.
constexpr double kNoEffect = 1e-5;

/// Of the scaled normal matrix, below which the optimum is not one point.
constexpr double kSmallestEigenvalue = 1e-13;

/// From every pair of exponents, with E a share of the loss and terms that are
/// equal at the centre.
void AddStarts(const JointRuns& centred, double share,
               std::vector<JointPoint>* starts) {
  constexpr std::array<double, 5> kExponents = {0.03, 0.08, 0.2, 0.5, 1.2};
  const double log_power = centred.mean_log_L + std::log1p(-share);
  for (const double alpha_D : kExponents) {
    const double term = log_power / alpha_D - std::log(2.0);
    for (const double alpha_N : kExponents) {
      starts->emplace_back(share, std::log(alpha_D),
                           std::log(alpha_N / alpha_D), term, term);
    }
  }
}

std::vector<JointPoint> StartsOf(const JointRuns& centred, JointOffset offset) {
  std::vector<JointPoint> starts;
  if (offset == JointOffset::kNone) {
    AddStarts(centred, 0.0, &starts);
    return starts;
  }
  for (const double share : {0.3, 0.7}) AddStarts(centred, share, &starts);
  return starts;
}

std::vector<OffsetMinimum> DescendFrom(const std::vector<JointPoint>& starts,
                                       JointOffset offset,
                                       const OffsetSquares& squares) {
  std::vector<OffsetMinimum> minima;
  minima.reserve(starts.size());
  for (const JointPoint& start : starts) {
    minima.push_back(offset == JointOffset::kNone
                         ? squares.DescendAtZero(start)
                         : squares.DescendWithin(start));
  }
  return minima;
}

OffsetMinimum BestOf(const std::vector<OffsetMinimum>& minima) {
  return *std::ranges::min_element(minima, {}, [](const OffsetMinimum& m) {
    if (!std::isfinite(m.squares)) return kInfinity;
    return m.squares;
  });
}

Eigen::MatrixXd JacobianAt(const VectorXd& point, const JointRuns& centred) {
  const auto rows = static_cast<Eigen::Index>(centred.runs.size());
  VectorXd ignored(rows);
  Eigen::MatrixXd jacobian(rows, point.size());
  JointResiduals(centred, point.data(), ignored.data(), jacobian.data());
  return jacobian;
}

bool IsOnePoint(const Eigen::MatrixXd& jacobian) {
  const VectorXd norms = jacobian.colwise().norm();
  if (!(norms.minCoeff() > 0.0)) return false;
  const Eigen::MatrixXd scaled = jacobian * norms.cwiseInverse().asDiagonal();
  const Eigen::MatrixXd square = scaled.transpose() * scaled;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(
      square, Eigen::EigenvaluesOnly);
  return solver.eigenvalues()[0] > kSmallestEigenvalue;
}

std::string TooFew(std::span<const Observation> observations,
                   JointOffset offset) {
  const std::size_t fewest = offset == JointOffset::kNone ? 5 : 6;
  const std::size_t runs = CountDifferentRuns(observations);
  const std::size_t sizes = CountDistinct(observations, &Observation::N);
  const std::size_t lengths = CountDistinct(observations, &Observation::D);
  if (runs >= fewest && sizes >= kFewestValues && lengths >= kFewestValues) {
    return {};
  }
  return fmt::format(
      "{} runs with {} different N and {} different D: at least {}, {} and {} "
      "are needed",
      runs, sizes, lengths, fewest, kFewestValues, kFewestValues);
}

/// Which variable the law does not see; empty when it sees both.
std::string NoEffect(const VectorXd& point, const Eigen::MatrixXd& jacobian,
                     const JointRuns& centred) {
  const double alpha_D = std::exp(point[1]);
  double by_size = 0.0;
  double by_data = 0.0;
  for (std::size_t i = 0; i < centred.runs.size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    const double unit = centred.runs[i].root_weight * alpha_D;
    by_size = std::max(by_size, jacobian(row, 3) / unit);
    by_data = std::max(by_data, jacobian(row, 4) / unit);
  }
  if (by_size < kNoEffect) return "the loss does not fall with N";
  if (by_data < kNoEffect) return "the loss does not fall with D";
  return {};
}

bool IsNumber(const KaplanJoint& law) {
  return std::isnormal(law.N_c) && std::isnormal(law.D_c) &&
         std::isnormal(law.alpha_N) && std::isnormal(law.alpha_D) &&
         std::isfinite(law.E);
}

/// What keeps a minimum from being a law; empty when nothing does.
std::string Defect(const OffsetMinimum& minimum, const JointRuns& centred) {
  const Eigen::MatrixXd jacobian = JacobianAt(minimum.point, centred);
  std::string reason = NoEffect(minimum.point, jacobian, centred);
  if (!reason.empty()) return reason;
  const auto free = Eigen::seq(minimum.on_bound ? 1 : 0, Eigen::last);
  if (IsNumber(LawAt(minimum.point, centred)) &&
      IsOnePoint(jacobian(Eigen::all, free))) {
    return {};
  }
  return "the best law has no lowest point, or one beyond all numbers";
}

std::vector<Observation> DrawnOf(std::span<const Observation> observations,
                                 std::span<const double> counts) {
  std::vector<Observation> drawn;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    if (counts.empty() || counts[i] > 0.0) drawn.push_back(observations[i]);
  }
  return drawn;
}

void SetLaw(const KaplanJoint& law, KaplanJointFit* fit) {
  fit->status = FitStatus::kOk;
  fit->E.value = law.E;
  fit->N_c.value = law.N_c;
  fit->D_c.value = law.D_c;
  fit->alpha_N.value = law.alpha_N;
  fit->alpha_D.value = law.alpha_D;
}

}  // namespace

KaplanJoint KaplanJointFit::law() const {
  return {.N_c = N_c.value,
          .D_c = D_c.value,
          .alpha_N = alpha_N.value,
          .alpha_D = alpha_D.value,
          .E = E.value};
}

KaplanJointFit FitKaplanJoint(std::span<const Observation> observations,
                              JointOffset offset,
                              std::span<const double> counts,
                              const std::optional<KaplanJoint>& start) {
  KaplanJointFit fit;
  const std::vector<Observation> drawn = DrawnOf(observations, counts);
  fit.points = static_cast<int>(drawn.size());
  fit.selection = fmt::format("all {} runs", fit.points);
  fit.reason = TooFew(drawn, offset);
  if (!fit.reason.empty()) return fit;
  const JointRuns centred = CentreRuns(observations, counts);
  const OffsetSquares squares(
      static_cast<int>(centred.runs.size()), JointPoint::RowsAtCompileTime,
      [&](const double* point, double* residuals, double* jacobian) {
        return JointResiduals(centred, point, residuals, jacobian);
      });
  const auto starts = start ? std::vector<JointPoint>{PointOf(*start, centred)}
                            : StartsOf(centred, offset);
  const auto minima = DescendFrom(starts, offset, squares);
  fit.certificate.starts = static_cast<int>(minima.size());
  OffsetMinimum best = BestOf(minima);
  fit.reason = Defect(best, centred);
  if (!fit.reason.empty()) return fit;
  if (counts.empty() && !start) {
    const auto given = [&](const VectorXd& point) {
      return GivenCoefficients(point, centred);
    };
    fit.certificate =
        squares.Certify(minima, offset == JointOffset::kNone, given, &best);
  }
  SetLaw(LawAt(best.point, centred), &fit);
  fit.rms_log_residual = std::sqrt(best.squares / centred.weight);
  return fit;
}

}  // namespace isoflop
