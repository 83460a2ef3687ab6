#include "analysis/fit/kaplan_joint_fit.h"

#include <ceres/tiny_solver.h>
#include <fmt/format.h>

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "analysis/fit/limits.h"

namespace isoflop {
namespace {

constexpr std::size_t kFewestRuns = 5;
constexpr double kConverged = 1e-7;

/// A term that is nowhere more than this share of the sum has no effect.
constexpr double kNoEffect = 1e-5;

/// Of the scaled normal matrix, below which the optimum is not one point.
constexpr double kSmallestEigenvalue = 1e-13;

/// A run with ln N and ln D from their means.
struct LogRun {
  double log_N;
  double log_D;
  double log_L;
  double root_weight;
};

/// The law as a point: (ln alpha_D, ln r, s, t) with r = alpha_N / alpha_D, and
/// ln L = alpha_D ln(exp(s - r log_N) + exp(t - log_D)).
using Point = Eigen::Vector4d;

class JointResiduals {
 public:
  using Scalar = double;
  static constexpr int NUM_RESIDUALS = Eigen::Dynamic;
  static constexpr int NUM_PARAMETERS = 4;

  explicit JointResiduals(std::vector<LogRun> runs) : runs_(std::move(runs)) {}

  int NumResiduals() const { return static_cast<int>(runs_.size()); }
  const std::vector<LogRun>& runs() const { return runs_; }

  bool operator()(const double* point, double* residuals,
                  double* jacobian) const {
    const std::size_t rows = runs_.size();
    const double alpha_D = std::exp(point[0]);
    const double ratio = std::exp(point[1]);
    for (std::size_t i = 0; i < rows; ++i) {
      const LogRun& run = runs_[i];
      const double size = point[2] - ratio * run.log_N;
      const double data = point[3] - run.log_D;
      const double top = std::max(size, data);
      const double sum = std::exp(size - top) + std::exp(data - top);
      const double log_L = alpha_D * (top + std::log(sum));
      residuals[i] = run.root_weight * (log_L - run.log_L);
      if (jacobian == nullptr) continue;
      const double by_size =
          run.root_weight * alpha_D * std::exp(size - top) / sum;
      jacobian[i] = run.root_weight * log_L;
      jacobian[i + rows] = -by_size * ratio * run.log_N;
      jacobian[i + 2 * rows] = by_size;
      jacobian[i + 3 * rows] = run.root_weight * alpha_D - by_size;
    }
    return true;
  }

 private:
  std::vector<LogRun> runs_;
};

/// Runs with ln N and ln D from their means, and the means.
struct CentredRuns {
  std::vector<LogRun> runs;
  double mean_log_N = 0.0;
  double mean_log_D = 0.0;
  double mean_log_L = 0.0;
};

CentredRuns Centre(std::span<const Observation> observations,
                   std::span<const double> counts) {
  CentredRuns centred;
  double weights = 0.0;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const Observation& o = observations[i];
    const double weight = o.weight * (counts.empty() ? 1.0 : counts[i]);
    if (weight == 0.0) continue;
    centred.runs.push_back(
        {std::log(o.N), std::log(o.D), std::log(o.L), std::sqrt(weight)});
    weights += weight;
    centred.mean_log_N += weight * centred.runs.back().log_N;
    centred.mean_log_D += weight * centred.runs.back().log_D;
    centred.mean_log_L += weight * centred.runs.back().log_L;
  }
  centred.mean_log_N /= weights;
  centred.mean_log_D /= weights;
  centred.mean_log_L /= weights;
  for (LogRun& run : centred.runs) {
    run.log_N -= centred.mean_log_N;
    run.log_D -= centred.mean_log_D;
  }
  return centred;
}

Point PointOf(const KaplanJoint& law, const CentredRuns& centred) {
  const double ratio = law.alpha_N / law.alpha_D;
  return {std::log(law.alpha_D), std::log(ratio),
          ratio * (std::log(law.N_c) - centred.mean_log_N),
          std::log(law.D_c) - centred.mean_log_D};
}

KaplanJoint LawAt(const Point& point, const CentredRuns& centred) {
  const double alpha_D = std::exp(point[0]);
  const double ratio = std::exp(point[1]);
  return {.N_c = std::exp(point[2] / ratio + centred.mean_log_N),
          .D_c = std::exp(point[3] + centred.mean_log_D),
          .alpha_N = ratio * alpha_D,
          .alpha_D = alpha_D};
}

/// From every pair of exponents, with terms that are equal at the centre.
std::vector<Point> Starts(const CentredRuns& centred) {
  constexpr std::array<double, 5> kExponents = {0.03, 0.08, 0.2, 0.5, 1.2};
  std::vector<Point> starts;
  starts.reserve(kExponents.size() * kExponents.size());
  for (const double alpha_D : kExponents) {
    const double term = centred.mean_log_L / alpha_D - std::log(2.0);
    for (const double alpha_N : kExponents) {
      starts.emplace_back(std::log(alpha_D), std::log(alpha_N / alpha_D), term,
                          term);
    }
  }
  return starts;
}

struct Descent {
  Point point;
  double squares = 0.0;
};

Descent DescendFrom(const Point& start, const JointResiduals& residuals) {
  ceres::TinySolver<JointResiduals> solver;
  solver.options.max_num_iterations = 300;
  solver.options.gradient_tolerance = 1e-16;
  solver.options.parameter_tolerance = 1e-13;
  solver.options.function_tolerance = 1e-32;
  solver.options.cost_threshold = 1e-32;
  Descent descent{start, 0.0};
  descent.squares = 2.0 * solver.Solve(residuals, &descent.point).final_cost;
  return descent;
}

bool IsBetter(const Descent& x, const Descent& y) {
  return std::isfinite(x.squares) && !(x.squares >= y.squares);
}

/// Whether a descent ended at the best one's place.
bool Agrees(const Descent& descent, const Descent& best) {
  return (descent.point - best.point).cwiseAbs().maxCoeff() < 1e-5;
}

/// Residuals and their derivatives at a point.
struct Linearised {
  Eigen::VectorXd residuals;
  Eigen::Matrix<double, Eigen::Dynamic, 4> jacobian;
};

Linearised LineariseAt(const Point& point, const JointResiduals& residuals) {
  Linearised at;
  at.residuals.resize(residuals.NumResiduals());
  at.jacobian.resize(residuals.NumResiduals(), 4);
  residuals(point.data(), at.residuals.data(), at.jacobian.data());
  return at;
}

double GradientNorm(const Linearised& at) {
  constexpr double kNoNoise = 1e-6;
  double norm = 0.0;
  for (Eigen::Index j = 0; j < 4; ++j) {
    const auto column = at.jacobian.col(j).array();
    const double terms =
        (column.abs() * at.residuals.array().abs().max(kNoNoise)).sum();
    const double sum = (column * at.residuals.array()).sum();
    if (terms > 0.0) norm = std::max(norm, std::abs(sum) / terms);
  }
  return norm;
}

bool IsOnePoint(const Linearised& at) {
  const Eigen::Vector4d norms = at.jacobian.colwise().norm();
  if (!(norms.minCoeff() > 0.0)) return false;
  const Eigen::MatrixX4d scaled =
      at.jacobian * norms.cwiseInverse().asDiagonal();
  const Eigen::Matrix4d square = scaled.transpose() * scaled;
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix4d> solver(
      square, Eigen::EigenvaluesOnly);
  return solver.eigenvalues()[0] > kSmallestEigenvalue;
}

std::string TooFew(std::span<const Observation> observations) {
  const std::size_t sizes = CountDistinct(observations, &Observation::N);
  const std::size_t lengths = CountDistinct(observations, &Observation::D);
  if (observations.size() >= kFewestRuns && sizes >= kFewestValues &&
      lengths >= kFewestValues) {
    return {};
  }
  return fmt::format(
      "{} runs with {} different N and {} different D: at least {}, {} and {} "
      "are needed",
      observations.size(), sizes, lengths, kFewestRuns, kFewestValues,
      kFewestValues);
}

/// Which variable the law does not see; empty when it sees both.
std::string NoEffect(const Point& point, const Linearised& at,
                     const JointResiduals& residuals) {
  const double alpha_D = std::exp(point[0]);
  double by_size = 0.0;
  double by_data = 0.0;
  for (std::size_t i = 0; i < residuals.runs().size(); ++i) {
    const auto row = static_cast<Eigen::Index>(i);
    const double unit = residuals.runs()[i].root_weight * alpha_D;
    by_size = std::max(by_size, at.jacobian(row, 2) / unit);
    by_data = std::max(by_data, at.jacobian(row, 3) / unit);
  }
  if (by_size < kNoEffect) return "the loss does not fall with N";
  if (by_data < kNoEffect) return "the loss does not fall with D";
  return {};
}

bool IsNumber(const KaplanJoint& law) {
  return std::isnormal(law.N_c) && std::isnormal(law.D_c) &&
         std::isnormal(law.alpha_N) && std::isnormal(law.alpha_D);
}

std::vector<Observation> DrawnOf(std::span<const Observation> observations,
                                 std::span<const double> counts) {
  std::vector<Observation> drawn;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    if (counts.empty() || counts[i] > 0.0) drawn.push_back(observations[i]);
  }
  return drawn;
}

Descent BestOf(const std::vector<Point>& starts,
               const JointResiduals& residuals, JointCertificate* certificate) {
  std::vector<Descent> descents;
  descents.reserve(starts.size());
  for (const Point& start : starts) {
    descents.push_back(DescendFrom(start, residuals));
  }
  Descent best = descents.front();
  for (const Descent& descent : descents) {
    if (IsBetter(descent, best)) best = descent;
  }
  certificate->starts = static_cast<int>(starts.size());
  certificate->agreeing = static_cast<int>(std::ranges::count_if(
      descents, [&](const Descent& d) { return Agrees(d, best); }));
  return best;
}

double WeightOf(const std::vector<LogRun>& runs) {
  double weight = 0.0;
  for (const LogRun& run : runs) weight += run.root_weight * run.root_weight;
  return weight;
}

void SetLaw(const KaplanJoint& law, KaplanJointFit* fit) {
  fit->status = FitStatus::kOk;
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
          .alpha_D = alpha_D.value};
}

KaplanJointFit FitKaplanJoint(std::span<const Observation> observations,
                              std::span<const double> counts,
                              const std::optional<KaplanJoint>& start) {
  KaplanJointFit fit;
  const std::vector<Observation> drawn = DrawnOf(observations, counts);
  fit.points = static_cast<int>(drawn.size());
  fit.selection = fmt::format("all {} runs", fit.points);
  fit.reason = TooFew(drawn);
  if (!fit.reason.empty()) return fit;
  const CentredRuns centred = Centre(observations, counts);
  const JointResiduals residuals(centred.runs);
  const auto starts =
      start ? std::vector<Point>{PointOf(*start, centred)} : Starts(centred);
  const Descent best = BestOf(starts, residuals, &fit.certificate);
  const Linearised at = LineariseAt(best.point, residuals);
  fit.reason = NoEffect(best.point, at, residuals);
  if (!fit.reason.empty()) return fit;
  const KaplanJoint law = LawAt(best.point, centred);
  if (!IsNumber(law) || !IsOnePoint(at)) {
    fit.reason = "the best law has no lowest point, or one beyond all numbers";
    return fit;
  }
  SetLaw(law, &fit);
  fit.rms_log_residual = std::sqrt(best.squares / WeightOf(centred.runs));
  fit.certificate.gradient_norm = GradientNorm(at);
  fit.certificate.converged = fit.certificate.gradient_norm < kConverged;
  return fit;
}

}  // namespace isoflop
