#include "analysis/regress/law_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "analysis/solve/limits.h"
#include "lib/core/share_work.h"

namespace isoflop {
namespace {

using Eigen::VectorXd;

/// Residuals below this are rounding, and a profile of them too.
constexpr double kNoNoise = 1e-9;

/// How many runs differ in what the law predicts from.
std::size_t CountDifferent(const LawModel& model,
                           std::span<const LawRun> runs) {
  std::vector<std::array<double, kMostInputs + 1>> inputs;
  inputs.reserve(runs.size());
  for (const LawRun& run : runs) {
    auto& row = inputs.emplace_back();
    row[kMostInputs] = run.variant;
    for (std::size_t k = 0; k < model.inputs.size(); ++k) {
      row[k] = run.*model.inputs[k];
    }
  }
  std::ranges::sort(inputs);
  return static_cast<std::size_t>(std::unique(inputs.begin(), inputs.end()) -
                                  inputs.begin());
}

std::string TooFew(const LawModel& model, std::span<const LawRun> runs,
                   std::size_t free, LossKind loss) {
  const bool student = loss == LossKind::kStudentT;
  const std::size_t fewest = student ? 2 * free + 1 : free + 1;
  const std::size_t different = CountDifferent(model, runs);
  if (different >= fewest) return {};
  const bool by_x = model.inputs.front() == &LawRun::x;
  const std::string repeats =
      different == runs.size()
          ? ""
          : fmt::format(" ({} runs, some with the same {})", runs.size(),
                        by_x ? "x" : "N and D");
  return fmt::format(
      "{} observations{} cannot test a law of {} parameters{}: at least {} are "
      "needed",
      different, repeats, free, student ? " by Student's t" : "", fewest);
}

/// Why no fit should be tried.
std::string Lack(const LawModel& model, std::span<const LawRun> runs,
                 const ObjectiveOptions& options) {
  const Chart chart(model, ConstraintsOf(model, options));
  if (chart.size() == 0) {
    return "every coefficient is held: nothing is left to fit";
  }
  std::string reason =
      TooFew(model, runs, static_cast<std::size_t>(chart.size()), options.loss);
  if (!reason.empty() || !model.lack) return reason;
  std::vector<bool> held(model.coefficients.size());
  for (int k = 0; k < model.size(); ++k) {
    held[static_cast<std::size_t>(k)] = !chart.IsFree(k);
  }
  return model.lack(runs, held);
}

void SetCoefficients(const LawSolver& solver, const Minimum& lowest,
                     LawFit* fit) {
  const VectorXd p = solver.Given(lowest);
  fit->free = static_cast<int>(solver.chart().size());
  const HeldValues& at_bound = lowest.chart.at_bound();
  for (int k = 0; k < solver.model().size(); ++k) {
    const auto i = static_cast<std::size_t>(k);
    const bool is_at_bound = at_bound[i].has_value();
    fit->coefficients.push_back(
        {.name = solver.model().coefficients[i].name,
         .value = p[k],
         .held = !is_at_bound && !lowest.chart.IsFree(k),
         .at_bound = is_at_bound,
         .profile = {}});
  }
}

void SetResiduals(const LawModel& model, std::span<const LawRun> runs,
                  LawFit* fit) {
  const std::vector<double> predicted = Predict(model, fit->values(), runs);
  double squares = 0.0;
  double weights = 0.0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const double r = std::log(predicted[i] / runs[i].y);
    squares += runs[i].weight * r * r;
    weights += runs[i].weight;
    fit->max_log_residual = std::max(fit->max_log_residual, std::abs(r));
  }
  fit->rms_log_residual = std::sqrt(squares / weights);
}

/// The lowest objective with one coefficient held, from where it was lowest at
/// the nearest value already seen and from a start of its own.
class HeldObjective {
 public:
  HeldObjective(const LawSolver& solver, const LawFit& fit, int coefficient)
      : solver_(solver), fit_(fit), coefficient_(coefficient) {
    seen_[fit.values()[coefficient]] = fit.values();
  }

  std::optional<double> operator()(double value) {
    LawSolver held = solver_.Holding(coefficient_, value);
    const Refit refit = held.SolveAgain({}, Nearest(value), fit_.student_t);
    if (!std::isfinite(refit.objective)) return std::nullopt;
    if (refit.coefficients) seen_[value] = *refit.coefficients;
    return refit.objective;
  }

 private:
  const VectorXd& Nearest(double value) const {
    const auto above = seen_.lower_bound(value);
    if (above == seen_.end()) return std::prev(above)->second;
    if (above == seen_.begin()) return above->second;
    const auto below = std::prev(above);
    const bool nearer_above = above->first - value < value - below->first;
    return nearer_above ? above->second : below->second;
  }

  const LawSolver& solver_;
  const LawFit& fit_;
  int coefficient_;
  std::map<double, VectorXd> seen_;
};

/// The model with the starts that the options ask for.
LawModel WithStarts(LawModel model, const LawFitOptions& options) {
  if (!options.near || !options.near->allFinite()) return model;
  model.near = Chart(model, {}).CentredFrom(*options.near);
  model.first_starts = (model.first_starts + 3) / 4;
  return model;
}

ProfileRequest RequestFor(const LawCoefficient& coefficient,
                          const Coefficient& spec) {
  constexpr double kReach = 1e6;  // how far to look, as a factor
  ProfileRequest request;
  request.estimate = coefficient.value;
  request.positive = spec.positive && spec.bound != 0.0;
  if (request.positive) {
    const bool bounded = spec.bound.has_value();
    request.lowest = bounded ? *spec.bound : coefficient.value / kReach;
    request.ends_at_lowest = bounded;
    request.highest = coefficient.value * kReach;
    return request;
  }
  const double size = std::max(std::abs(coefficient.value), 0.1);
  request.ends_at_lowest = spec.bound == 0.0;
  request.step = (request.ends_at_lowest ? 0.02 : 0.1) * size;
  request.highest = coefficient.value + 1e3 * size;
  request.lowest =
      request.ends_at_lowest ? 0.0 : coefficient.value - 1e3 * size;
  return request;
}

std::optional<double> RiseOf(const LawFit& fit, const LawSolver& solver) {
  const int degrees = static_cast<int>(fit.residuals.size()) - fit.free;
  if (degrees <= 0) return std::nullopt;
  if (fit.student_t) return LikelihoodRise95(degrees);
  return RiseOfInterval95(fit.residuals, solver.objective().penalty(),
                          fit.free);
}

}  // namespace

VectorXd LawFit::values() const {
  VectorXd p(std::ssize(coefficients));
  for (std::size_t k = 0; k < coefficients.size(); ++k) {
    p[static_cast<Eigen::Index>(k)] = coefficients[k].value;
  }
  return p;
}

Constraints ConstraintsOf(const LawModel& model,
                          const ObjectiveOptions& options) {
  Constraints constraints;
  constraints.held.resize(model.coefficients.size());
  for (const auto& [name, value] : options.fixed) {
    if (const auto k = model.Find(name)) {
      constraints.held[static_cast<std::size_t>(*k)] = value;
    }
  }
  const auto alpha = model.Find("alpha");
  const auto beta = model.Find("beta");
  const auto is_exponent = [&](const std::optional<int>& k) {
    return k && model.coefficients[static_cast<std::size_t>(*k)].positive;
  };
  if (options.tied_exponents && is_exponent(alpha) && is_exponent(beta)) {
    constraints.tied = {*alpha, *beta};
  }
  return constraints;
}

int CountFree(const LawModel& model, const ObjectiveOptions& options) {
  return static_cast<int>(Chart(model, ConstraintsOf(model, options)).size());
}

LawFit FitLaw(const LawModel& model, std::span<const LawRun> runs,
              const LawFitOptions& options) {
  LawFit fit;
  fit.name = model.name;
  fit.formula = model.formula;
  fit.source = model.source;
  fit.reason = Lack(model, runs, options.objective);
  fit.points = static_cast<int>(runs.size());
  if (!fit.reason.empty()) return fit;
  LawSolver solver(WithStarts(model, options), runs, options.objective,
                   ConstraintsOf(model, options.objective));
  const GlobalMinimum global = solver.SolveGlobally();
  fit.objective = solver.ObjectiveValue(global.lowest);
  fit.residuals = solver.objective().Residuals(global.lowest.c);
  fit.certificate = solver.Certify(global);
  fit.reason = solver.Defect(global.lowest);
  if (!fit.reason.empty()) return fit;
  fit.status = FitStatus::kOk;
  SetCoefficients(solver, global.lowest, &fit);
  fit.student_t = global.lowest.density;
  SetResiduals(model, runs, &fit);
  if (options.profiles) AddProfiles(model, runs, options, &fit);
  return fit;
}

LawRefits::LawRefits(const LawModel& model, std::span<const LawRun> runs,
                     const ObjectiveOptions& options, VectorXd estimate,
                     const std::optional<StudentT>& density)
    : solver_(model, runs, options, ConstraintsOf(model, options)),
      estimate_(std::move(estimate)),
      density_(density) {}

bool FoundLower(const ProfileInterval& profile, const LawFit& fit) {
  constexpr double kLowered = 1e-6;
  return profile.improvement > kLowered * fit.objective;
}

bool DropBoundedProfiles(LawFit* fit) {
  bool dropped = false;
  for (LawCoefficient& coefficient : fit->coefficients) {
    const auto& profile = coefficient.profile;
    if (!profile || !profile->low || !profile->high ||
        FoundLower(*profile, *fit)) {
      continue;
    }
    coefficient.profile.reset();
    dropped = true;
  }
  return dropped;
}

void AddProfiles(const LawModel& model, std::span<const LawRun> runs,
                 const LawFitOptions& options, LawFit* fit) {
  if (!model.may_be_profiled || runs.size() > kMostProfiled ||
      !(fit->rms_log_residual > kNoNoise)) {
    return;
  }
  LawSolver solver(model, runs, options.objective,
                   ConstraintsOf(model, options.objective));
  const double lowest =
      solver.SolveAgain({}, fit->values(), fit->student_t).objective;
  const auto rise = RiseOf(*fit, solver);
  if (!rise) return;
  const LawFit estimate = *fit;
  ShareWork(model.size(), options.threads, [&] {
    return [&](int k) {
      const auto i = static_cast<std::size_t>(k);
      LawCoefficient& coefficient = fit->coefficients[i];
      if (coefficient.held || !std::isfinite(coefficient.value)) return;
      ProfileRequest request = RequestFor(coefficient, model.coefficients[i]);
      request.minimum = lowest;
      request.rise = *rise;
      coefficient.profile =
          Profile(HeldObjective(solver, estimate, k), request);
    };
  });
}

std::vector<double> Predict(const LawModel& model, const VectorXd& given,
                            std::span<const LawRun> runs) {
  const VectorXd c = Chart(model, {}).CentredFrom(given);
  const double unit = std::exp(model.units.log_y);
  std::vector<double> predicted(runs.size());
  RunBlock block = {};
  BlockPrediction at;
  std::size_t first = 0;
  while (first < runs.size()) {
    // As many runs of one variant as a block holds; the last stands for others.
    std::size_t end = first;
    block.variant = runs[first].variant;
    for (int i = 0; i < kLanes; ++i) {
      const bool is_next =
          end < runs.size() && runs[end].variant == block.variant;
      if (is_next) ++end;
      for (std::size_t k = 0; k < model.inputs.size(); ++k) {
        block.input[k][i] =
            std::log(runs[end - 1].*model.inputs[k]) - model.units.log_input[k];
      }
    }
    model.evaluate(OwnCoefficients(model, block.variant, c).c, block, &at);
    for (std::size_t i = first; i < end; ++i) {
      predicted[i] = unit * at.y[i - first];
    }
    first = end;
  }
  return predicted;
}

}  // namespace isoflop
