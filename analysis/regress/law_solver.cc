#include "analysis/regress/law_solver.h"

#include <fmt/format.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>

#include "analysis/observe/run_support.h"
#include "analysis/regress/starts.h"
#include "analysis/solve/limits.h"
#include "lib/core/transformed.h"

namespace isoflop {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The last smoothing of |r| is far below any residual that can be measured.
constexpr double kLadDeltas[] = {1e-4, 1e-6, 1e-8, 1e-10};

/// A change of the squares, over half of them at the start, at which a descent
/// leaves the rest to Newton's method.
constexpr double kDescended = 1e-6;

/// What is left to Newton's method where a fit is repeated, and how many steps
/// from the last optimum are tried before a descent: next to a minimum each
/// doubles the digits.
constexpr double kRefitSettled = 1e-9;
constexpr int kNearSteps = 8;

/// Starts that a refit chooses its own from.
constexpr int kCoarseStarts = 16;

/// A search that has not found its lowest minimum often enough by then is not
/// certified.
constexpr int kMostStarts = 1200;

/// A minimum whose next Newton step is at most this is one to rounding ...
constexpr double kSettled = 1e-8;

/// ... if the objective does not fall from a bound by more than this share of
/// the magnitudes of the slope's terms.
constexpr double kSlopeRounding = 1e-9;

/// Below this the Hessian is singular to rounding.
constexpr double kFlat = 1e-12;

Penalty FirstPenalty(const ObjectiveOptions& options) {
  switch (options.loss) {
    case LossKind::kHuber:
      return Penalty::Huber(options.delta);
    case LossKind::kLad:
      return Penalty::SmoothedLad(kLadDeltas[0]);
    case LossKind::kL2:
    case LossKind::kStudentT:  // until its density is known
      break;
  }
  return Penalty::Squares();
}

/// The largest difference of a coefficient: of logarithms where that is what is
/// moved.
double Distance(const LawModel& model, const VectorXd& a, const VectorXd& b) {
  double largest = 0.0;
  for (int k = 0; k < model.size(); ++k) {
    if (a[k] == b[k]) continue;
    const Coefficient& spec = model.coefficients[static_cast<std::size_t>(k)];
    const bool log = spec.coordinate == Coordinate::kLog;
    largest = std::max(
        largest, log ? std::abs(std::log(a[k] / b[k])) : std::abs(a[k] - b[k]));
  }
  return largest;
}

}  // namespace

LawSolver::LawSolver(LawModel model, std::span<const LawRun> runs,
                     const ObjectiveOptions& options, Constraints constraints)
    : model_(std::make_shared<const LawModel>(std::move(model))),
      options_(options),
      constraints_(std::move(constraints)),
      objective_(*model_, runs, FirstPenalty(options), options.residual),
      inside_(*model_, constraints_) {
  SetRanges();
  if (runs.size() <= kMostSearched || model_->variant_count() > 1) return;
  sampled_ = SampleOf(runs, model_->inputs, kMostSearched);
  sample_.emplace_back(
      *model_, Transformed(sampled_, [&](std::size_t i) { return runs[i]; }),
      options_, constraints_);
}

LawSolver LawSolver::Holding(int coefficient, double value) const {
  LawSolver solver = *this;
  solver.constraints_.held.resize(model_->coefficients.size());
  solver.constraints_.held[static_cast<std::size_t>(coefficient)] = value;
  solver.inside_ = Chart(*model_, solver.constraints_, unlimited_);
  for (LawSolver& sample : solver.sample_) {
    sample = sample.Holding(coefficient, value);
  }
  return solver;
}

void LawSolver::SetWeightFactors(std::span<const double> factors) {
  if (factors.empty()) return;
  objective_.SetWeightFactors(factors);
  SetRanges();
  for (LawSolver& sample : sample_) {
    sample.SetWeightFactors(
        Transformed(sampled_, [&](std::size_t i) { return factors[i]; }));
  }
}

void LawSolver::SetRanges() {
  ranges_.assign(static_cast<std::size_t>(model_->variant_count()),
                 Range(model_->falls_with.size(), {kInfinity, -kInfinity}));
  for (const RunBlock& block : objective_.runs().blocks()) {
    Range& range = ranges_[static_cast<std::size_t>(block.variant)];
    for (std::size_t k = 0; k < range.size(); ++k) {
      for (const double value : block.input[k]) {
        range[k].first = std::min(range[k].first, value);
        range[k].second = std::max(range[k].second, value);
      }
    }
  }
}

/// Pairs of lanes with an input at its lowest and its highest, the others in
/// the middle, at their lowest and at their highest.
RunBlock LawSolver::EndsOf(const Range& range, std::size_t input) {
  RunBlock block = {};
  for (int i = 0; i < kLanes; ++i) {
    for (std::size_t k = 0; k < range.size(); ++k) {
      const double places[] = {0.0, range[k].first, range[k].second};
      block.input[k][i] = places[i / 2 % kPlaces];
    }
    block.input[input][i] =
        i % 2 == 0 ? range[input].first : range[input].second;
    block.y[i] = 1.0;
  }
  return block;
}

/// Whether y falls with an input by more than a share of itself, at the middle
/// or an end of the others, for some variant; and rises nowhere, for none.
bool LawSolver::FallsWith(const VectorXd& c, std::size_t input) const {
  constexpr double kNoise = 1e-13;
  bool falls = false;
  for (int variant = 0; variant < model_->variant_count(); ++variant) {
    const Range& range = ranges_[static_cast<std::size_t>(variant)];
    if (!(range[input].first <= range[input].second)) continue;
    BlockPrediction at;
    model_->evaluate(OwnCoefficients(*model_, variant, c).c,
                     EndsOf(range, input), &at);
    for (std::size_t pair = 0; pair < 2 * kPlaces; pair += 2) {
      const double change = at.y[pair] - at.y[pair + 1];
      if (!(change >= -kNoise)) return false;
      falls = falls || change > kVanishing;
    }
  }
  return falls;
}

SmoothObjective LawSolver::Smooth(const Chart& chart) const {
  return {
      .model = [this, &chart](
                   const VectorXd& z) { return objective_.ModelAt(chart, z); },
      .roots = [this, &chart](
                   const VectorXd& z) { return objective_.RootsAt(chart, z); },
      .floor = objective_.Floor()};
}

/// Goes down; with kLad by way of ever sharper stand-ins for |r|.
Minimum LawSolver::MinimiseWithin(const Chart& chart, const VectorXd& start,
                                  const Minimum* known, bool is_near) {
  VectorXd z = chart.CoordinatesOf(chart.Impose(start));
  const auto ending = [&](const LocalMinimum& local) {
    return Minimum{local, chart, chart.Centred(local.point), std::nullopt, 0.0};
  };
  if (options_.loss == LossKind::kLad) {
    LocalMinimum local;
    for (const double delta : kLadDeltas) {
      objective_.set_penalty(Penalty::SmoothedLad(delta));
      const SmoothObjective smooth = Smooth(chart);
      local = PolishByNewton(smooth, isoflop::Descend(smooth, z, kDescended));
      z = local.point;
    }
    return ending(local);
  }
  const SmoothObjective smooth = Smooth(chart);
  if (is_near) {
    const LocalMinimum local =
        PolishByNewton(smooth, z, {kNearSteps, settled_});
    if (IsMinimum(local)) return ending(local);
  }
  z = isoflop::Descend(smooth, z, kDescended);
  if (known != nullptr && IsMinimum(known->local) &&
      known->chart.at_bound() == chart.at_bound()) {
    // About to end at the known minimum: the last digits are known too.
    const VectorXd c = chart.Centred(z);
    if (Distance(*model_, c, known->c) < 1e-2 &&
        objective_.Value(c) >= known->value()) {
      return *known;
    }
  }
  return ending(PolishByNewton(smooth, z, {.settled = settled_}));
}

/// The first input that y has to fall with and does not.
std::optional<std::size_t> LawSolver::LostInput(const VectorXd& c) const {
  for (std::size_t k = 0; k < model_->falls_with.size(); ++k) {
    if (!FallsWith(c, k)) return k;
  }
  return std::nullopt;
}

/// The first coefficient that is beyond its bound; where an exponent has the
/// wrong sign, the first that has a bound and is free. A law that has lost a
/// term is let be, for its scale may have any sign: Defect will say so.
std::optional<int> LawSolver::ViolatedBound(const Minimum& minimum) const {
  if (!minimum.c.allFinite() && unlimited_.empty()) return std::nullopt;
  std::optional<int> beyond;
  std::optional<int> free_bound;
  bool wrong_sign = false;
  for (const int k : minimum.chart.free()) {
    const Coefficient& spec = model_->coefficients[static_cast<std::size_t>(k)];
    const double c = minimum.c[k];
    if (!spec.bound) {
      wrong_sign = wrong_sign || (spec.positive && !(c > 0.0));
      continue;
    }
    if (!free_bound) free_bound = k;
    if (!beyond && c < *spec.bound) beyond = k;
  }
  const std::optional<int> violated =
      beyond || !wrong_sign ? beyond : free_bound;
  if (!violated || (wrong_sign && LostInput(minimum.c))) return std::nullopt;
  return violated;
}

/// A coefficient on its bound, from which the objective falls as it rises.
std::optional<int> LawSolver::FallingBound(const Minimum& minimum) const {
  for (int k = 0; k < model_->size(); ++k) {
    HeldValues at_bound = minimum.chart.at_bound();
    auto& value = at_bound[static_cast<std::size_t>(k)];
    if (!value || !std::isfinite(*value)) continue;
    value.reset();
    const Chart chart(*model_, constraints_, at_bound);
    const auto j = std::ranges::find(chart.free(), k) - chart.free().begin();
    const LocalQuadratic there =
        objective_.ModelAt(chart, chart.CoordinatesOf(minimum.c));
    if (there.gradient[j] < -kSlopeRounding * there.magnitude[j]) return k;
  }
  return std::nullopt;
}

/// Coefficients with one at its bound and, where it is the constant beside
/// powers, the same level and slopes at the middle of the data.
VectorXd LawSolver::OnBound(VectorXd c, int coefficient) const {
  const double bound =
      *model_->coefficients[static_cast<std::size_t>(coefficient)].bound;
  for (const LevelAndSlopes& level : model_->level_and_slopes) {
    if (level.constant != coefficient) continue;
    double scales = 0.0;
    for (const auto& [scale, exponent] : level.terms) scales += c[scale];
    const double factor = 1.0 + (c[coefficient] - bound) / scales;
    if (!(factor > 0.0) || !std::isfinite(factor)) continue;
    for (const auto& [scale, exponent] : level.terms) c[scale] *= factor;
    std::vector<int> divided;  // an exponent may be of several terms
    for (const auto& [scale, exponent] : level.terms) {
      if (std::ranges::find(divided, exponent) != divided.end()) continue;
      c[exponent] /= factor;
      divided.push_back(exponent);
    }
  }
  c[coefficient] = bound;
  return c;
}

/// The constrained minimum downhill of a start.
Minimum LawSolver::Minimise(const VectorXd& start, const Minimum* known,
                            bool is_near) {
  Minimum minimum = MinimiseWithin(inside_, start, known, is_near);
  HeldValues at_bound = inside_.at_bound();
  VectorXd from = start;
  bool bounded = false;
  while (const auto violated = ViolatedBound(minimum)) {
    from = OnBound(from, *violated);
    at_bound[static_cast<std::size_t>(*violated)] = from[*violated];
    minimum = MinimiseWithin(Chart(*model_, constraints_, at_bound), from,
                             known, is_near);
    bounded = true;
  }
  if (!bounded) return minimum;
  if (const auto falling = FallingBound(minimum)) {
    at_bound[static_cast<std::size_t>(*falling)].reset();
    Minimum above =
        MinimiseWithin(Chart(*model_, constraints_, at_bound), minimum.c);
    if (!ViolatedBound(above) && above.value() <= minimum.value()) return above;
  }
  return minimum;
}

bool LawSolver::Agree(double value, double lowest) const {
  return value <= lowest + 1e-9 * std::abs(lowest) + objective_.Rounding();
}

/// Whether a minimum is lower, or as low and closer to its last digits.
bool LawSolver::IsBetter(const Minimum& a, const Minimum& b) const {
  if (!Agree(a.value(), b.value())) return false;
  if (!Agree(b.value(), a.value())) return true;
  return a.local.newton_step < b.local.newton_step;
}

/// Adds a basin to others, or to the one of the same place.
void LawSolver::Merge(Basin basin, std::vector<Basin>* basins) const {
  const auto known = std::ranges::find_if(*basins, [&](const Basin& other) {
    return Distance(*model_, other.lowest.c, basin.lowest.c) < 1e-3 &&
           Agree(other.lowest.value(), basin.lowest.value()) ==
               Agree(basin.lowest.value(), other.lowest.value());
  });
  if (known == basins->end()) {
    basins->push_back(std::move(basin));
    return;
  }
  known->starts += basin.starts;
  if (IsBetter(basin.lowest, known->lowest)) {
    known->lowest = std::move(basin.lowest);
  }
}

std::optional<StudentT> LawSolver::DensityOfLeastSquares() {
  objective_.set_penalty(Penalty::Squares());
  const Start best = BestStart(objective_, inside_, kCoarseStarts);
  return EstimateStudentT(objective_.Residuals(Minimise(best.c).c));
}

/// With kStudentT, goes on from a minimum for a given density, in turn with the
/// density for given residuals, until neither changes.
Minimum LawSolver::Settle(Minimum minimum) {
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds && minimum.density; ++round) {
    const StudentT before = *minimum.density;
    const auto density = EstimateStudentT(objective_.Residuals(minimum.c));
    if (!density) {
      minimum.density.reset();
      break;
    }
    objective_.set_penalty(Penalty::Student(*density));
    minimum = Minimise(minimum.c);
    minimum.density = density;
    minimum.density_step = LogChange(before, *density);
    if (minimum.density_step < 0.01 * kDensitySettled) break;
  }
  return minimum;
}

/// Settles every minimum, from the density it was found with; those that end at
/// the same place become one.
void LawSolver::SettleAll(std::vector<Basin>* basins, const StudentT& density) {
  std::vector<Basin> settled;
  for (Basin basin : *basins) {
    basin.lowest.density = density;
    if (IsMinimum(basin.lowest.local) || basins->size() == 1) {
      objective_.set_penalty(Penalty::Student(density));
      basin.lowest = Settle(basin.lowest);
    }
    Merge(std::move(basin), &settled);
  }
  *basins = std::move(settled);
}

/// Descends from the starts `first` to `last` - 1: those that the model gives,
/// then those that fill its ranges. Of the starts that are added because the
/// lowest minimum was not found often enough every second one is drawn halfway
/// to it, where its basin or a lower one beside it is more likely met.
void LawSolver::Descend(int first, int last, std::vector<Basin>* basins) {
  const auto& given = model_->given_starts;
  const auto given_count = static_cast<int>(given.size());
  for (int i = first; i < last; ++i) {
    VectorXd c =
        i < given_count
            ? Completed(objective_, inside_, given[static_cast<std::size_t>(i)])
            : StartAt(objective_, inside_, i - given_count).c;
    if (first > 0 && i % 2 == 1) {
      const VectorXd to = Summarise(*basins).lowest.c;
      const VectorXd half = 0.5 * (inside_.CoordinatesOf(inside_.Impose(c)) +
                                   inside_.CoordinatesOf(inside_.Impose(to)));
      if (half.allFinite()) c = inside_.Centred(half);
    }
    Merge({.lowest = Minimise(c), .starts = 1}, basins);
  }
}

GlobalMinimum LawSolver::Summarise(const std::vector<Basin>& basins) const {
  const auto value_of = [](const Basin& basin) { return basin.lowest.value(); };
  const Basin& lowest = *std::ranges::min_element(basins, {}, value_of);
  GlobalMinimum global{.lowest = lowest.lowest};
  for (const Basin& basin : basins) {
    if (IsBetter(basin.lowest, global.lowest)) global.lowest = basin.lowest;
    global.starts += basin.starts;
    if (Agree(value_of(basin), value_of(lowest))) {
      global.agreeing += basin.starts;
    }
    if (IsMinimum(basin.lowest.local)) ++global.distinct_minima;
  }
  return global;
}

/// The places where descents end, of ever more starts until the lowest has been
/// found often enough; of many runs, those that the sample leads to.
std::vector<LawSolver::Basin> LawSolver::Search() {
  std::optional<StudentT> density;
  if (options_.loss == LossKind::kStudentT) {
    density = DensityOfLeastSquares();
    if (density) objective_.set_penalty(Penalty::Student(*density));
  }
  std::vector<Basin> basins;
  if (sample_.empty()) {
    if (model_->near) Merge({.lowest = Minimise(*model_->near)}, &basins);
    int last = 0;
    int wanted =
        model_->first_starts + static_cast<int>(model_->given_starts.size());
    do {
      Descend(last, wanted, &basins);
      last = wanted;
      wanted = 2 * last;
    } while (Summarise(basins).agreeing < Certificate::kFewestAgreeing &&
             wanted <= kMostStarts);
  } else {
    for (const Basin& found : sample_.front().Search()) {
      Merge({.lowest = Minimise(found.lowest.c), .starts = found.starts},
            &basins);
    }
  }
  if (density) SettleAll(&basins, *density);
  return basins;
}

GlobalMinimum LawSolver::SolveWithinBounds() {
  GlobalMinimum global = Summarise(Search());
  if (global.lowest.density) {
    objective_.set_penalty(Penalty::Student(*global.lowest.density));
  }
  return global;
}

GlobalMinimum LawSolver::SolveGlobally() {
  GlobalMinimum global = SolveWithinBounds();
  for (int k = 0; k < model_->size(); ++k) {
    const auto i = static_cast<std::size_t>(k);
    if (!model_->coefficients[i].may_be_unlimited || !inside_.IsFree(k) ||
        IsMinimum(global.lowest.local)) {
      continue;
    }
    LawSolver unlimited = *this;
    unlimited.unlimited_ = inside_.at_bound();
    unlimited.unlimited_[i] = kInfinity;
    unlimited.inside_ = Chart(*model_, constraints_, unlimited.unlimited_);
    for (LawSolver& sample : unlimited.sample_) {
      sample.unlimited_ = unlimited.unlimited_;
      sample.inside_ = unlimited.inside_;
    }
    GlobalMinimum other = unlimited.SolveWithinBounds();
    if (!Agree(other.lowest.value(), global.lowest.value())) continue;
    *this = unlimited;
    global = std::move(other);
  }
  return global;
}

Refit LawSolver::SolveAgain(std::span<const double> factors,
                            const VectorXd& given,
                            const std::optional<StudentT>& density,
                            bool check) {
  SetWeightFactors(factors);
  // Of many runs, the sample knows whether there is a lower basin.
  LawSolver* searched = sample_.empty() ? this : &sample_.front();
  settled_ = searched->settled_ = kRefitSettled;
  const auto settled = [&](LawSolver* solver, const VectorXd& start,
                           const Minimum* known, bool is_near) {
    if (density) solver->objective_.set_penalty(Penalty::Student(*density));
    Minimum minimum = solver->Minimise(start, known, is_near);
    minimum.density = density;
    return solver->Settle(minimum);
  };
  const VectorXd estimate = inside_.Impose(inside_.CentredFrom(given));
  Minimum lowest = settled(this, estimate, nullptr, true);
  Refit refit;
  if (check) {
    Minimum near = lowest;
    if (searched != this) near = settled(searched, estimate, nullptr, true);
    const Start start = BestStart(searched->objective_, inside_, kCoarseStarts);
    Minimum own = settled(searched, start.c, density ? nullptr : &near, false);
    refit.escaped = !searched->Agree(near.value(), own.value());
    if (refit.escaped) {
      if (searched != this) own = settled(this, own.c, nullptr, false);
      if (own.value() < lowest.value()) lowest = own;
    }
  }
  if (lowest.density) {
    objective_.set_penalty(Penalty::Student(*lowest.density));
  }
  refit.objective = lowest.value();
  if (Defect(lowest).empty()) refit.coefficients = Given(lowest);
  return refit;
}

VectorXd LawSolver::Given(const Minimum& minimum) const {
  VectorXd c = minimum.c;
  for (const int k : minimum.chart.free()) {
    const Coefficient& spec = model_->coefficients[static_cast<std::size_t>(k)];
    if (spec.bound == 0.0 && c[k] < kVanishingLoss) c[k] = 0.0;
  }
  return minimum.chart.Given(c);
}

std::string LawSolver::Defect(const Minimum& minimum) const {
  const auto weakest = [&] {
    const auto coordinate = static_cast<std::size_t>(minimum.local.weakest);
    const int k = minimum.chart.free()[coordinate];
    return model_->coefficients[static_cast<std::size_t>(k)].name;
  };
  if (!std::isfinite(minimum.value())) {
    return "the objective is too large for a number";
  }
  if (const auto k = LostInput(minimum.c)) {
    return "the loss does not fall with " + model_->falls_with[*k];
  }
  if (options_.loss == LossKind::kStudentT && !minimum.density) {
    return "the residuals vanish, so Student's t has no scale";
  }
  if (minimum.chart.size() == 0) return {};
  if (!(minimum.local.newton_step < kRunaway)) {
    return fmt::format(
        "there is no best fit: {} can change without end while the fit "
        "improves or stays the same",
        weakest());
  }
  if (!(minimum.local.relative_curvature > kFlat)) {
    return fmt::format(
        "the optimum is not one point: {} and others can be changed together "
        "without changing the fit",
        weakest());
  }
  const VectorXd p = Given(minimum);
  for (const int k : minimum.chart.free()) {
    const Coefficient& spec = model_->coefficients[static_cast<std::size_t>(k)];
    const bool is_number = spec.positive && !spec.bound
                               ? std::isnormal(p[k]) && p[k] > 0.0
                               : std::isfinite(p[k]);
    if (is_number) continue;
    return fmt::format("{} is too large or too small for a number", spec.name);
  }
  return {};
}

Certificate LawSolver::Certify(const GlobalMinimum& global) const {
  const Minimum& lowest = global.lowest;
  const LocalQuadratic& model = lowest.local.model;
  Certificate certificate;
  certificate.starts = global.starts;
  certificate.agreeing = global.agreeing;
  certificate.distinct_minima = global.distinct_minima;
  certificate.sample = sample_.empty() ? 0 : static_cast<int>(sampled_.size());
  certificate.gradient_norm = RelativeGradient(model);
  if (options_.loss != LossKind::kLad && lowest.chart.size() > 0) {
    const MatrixXd given = lowest.chart.GivenByCoordinates(lowest.local.point);
    certificate.condition_number =
        ConditionNumber(model.hessian, model.curvature_scale, given.inverse());
  }
  certificate.converged =
      (lowest.chart.size() == 0 || lowest.local.newton_step <= kSettled) &&
      lowest.density_step <= kDensitySettled && !FallingBound(lowest);
  return certificate;
}

double LawSolver::ObjectiveValue(const Minimum& minimum) const {
  if (options_.loss != LossKind::kLad) return minimum.value();
  double sum = 0.0;
  for (const WeightedResidual& r : objective_.Residuals(minimum.c)) {
    sum += r.weight * std::abs(r.value);
  }
  return sum;
}

}  // namespace isoflop
