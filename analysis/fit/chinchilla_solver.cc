#include "analysis/fit/chinchilla_solver.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/fit/limits.h"
#include "analysis/fit/student_t.h"

namespace isoflop {
namespace {

/// Enough for every start to be near some other; see tests/fit for how many
/// agree.
constexpr int kGridExponents = 8;
constexpr int kCoarseGridExponents = 5;

/// A minimum whose next Newton step is at most this is one to rounding, if
/// Student's t is settled ...
constexpr double kSettled = 1e-8;

/// ... and the objective does not fall by E from the bound E = 0 by more than
/// this share of the magnitudes of the slope's terms.
constexpr double kSlopeRounding = 1e-9;

/// Below this the Hessian is singular to rounding.
constexpr double kFlat = 1e-12;

/// The last smoothing of |r| is far below any residual that can be measured.
constexpr double kLadDeltas[] = {1e-4, 1e-6, 1e-8, 1e-10};

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

bool IsMinimum(const PolishedMinimum& minimum) {
  return minimum.newton_step <= 1e-6;
}

/// The largest difference between two laws: of E over the loss at the middle of
/// the data, of ln A, of ln B and of the exponents.
double Distance(const Chinchilla& p, const Chinchilla& q) {
  return std::max({std::abs(std::log(p.A / q.A)), std::abs(std::log(p.B / q.B)),
                   std::abs(p.E - q.E), std::abs(p.alpha - q.alpha),
                   std::abs(p.beta - q.beta)});
}

bool SamePlace(const Minimum& a, const Minimum& b) {
  return Distance(a.law(), b.law()) < 1e-3;
}

/// Adds a basin to others, or to the one of the same place.
void Merge(const Basin& basin, std::vector<Basin>* basins) {
  const auto known = std::ranges::find_if(*basins, [&](const Basin& other) {
    return SamePlace(other.lowest, basin.lowest);
  });
  if (known == basins->end()) {
    basins->push_back(basin);
    return;
  }
  known->starts += basin.starts;
  if (basin.lowest.value() < known->lowest.value()) {
    known->lowest = basin.lowest;
  }
}

/// Whether a term falls over the runs by more than a share of the loss.
bool Changes(double coefficient, double exponent,
             const std::vector<LossPoint>& runs, double LossPoint::*log_of) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const LossPoint& run : runs) {
    if (run.weight == 0.0) continue;
    low = std::min(low, run.*log_of);
    high = std::max(high, run.*log_of);
  }
  const double change =
      coefficient * (std::exp(-exponent * low) - std::exp(-exponent * high));
  return change > kVanishing;
}

/// Whether a number is above 0 and has all of its digits.
bool IsCoefficient(double value) { return std::isnormal(value) && value > 0.0; }

const Start& BestOf(const std::vector<Start>& starts) {
  return *std::ranges::min_element(starts, {}, &Start::squares);
}

}  // namespace

double Minimum::value() const {
  const double value = polished.model.value;
  return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
}

ChinchillaSolver::ChinchillaSolver(std::span<const Observation> observations,
                                   const ObjectiveOptions& options)
    : loss_(options.loss),
      objective_(observations, FirstPenalty(options), options.residual),
      held_(options, objective_.units()),
      grid_(objective_, held_, kGridExponents),
      coarse_grid_(objective_, held_, kCoarseGridExponents) {}

/// Goes down by way of ever sharper stand-ins for |r|.
PolishedMinimum ChinchillaSolver::SharpenLad(const Face& face,
                                             const Chinchilla& start) {
  PolishedMinimum minimum;
  minimum.point = PointOf(face.chart, start);
  for (const double delta : kLadDeltas) {
    objective_.set_penalty(Penalty::SmoothedLad(delta));
    minimum =
        Polish(objective_, face, Descend(objective_, face, minimum.point));
  }
  return minimum;
}

/// Whether a descent that is at `point` is about to end at the known minimum.
bool ChinchillaSolver::IsNear(const Minimum& known, const Face& face,
                              const Vector5& point) const {
  return face.chart == known.polished.face.chart && IsMinimum(known.polished) &&
         Distance(LawAt(face.chart, point), known.law()) < 1e-2 &&
         objective_.Value(face.chart, point) >= known.value();
}

PolishedMinimum ChinchillaSolver::MinimiseWithin(const Face& face,
                                                 const Chinchilla& start,
                                                 const Minimum* known) {
  if (loss_ == LossKind::kLad) return SharpenLad(face, start);
  const Vector5 point = Descend(objective_, face, PointOf(face.chart, start));
  if (known != nullptr && IsNear(*known, face, point)) return known->polished;
  return Polish(objective_, face, point);
}

/// Whether E >= 0 and the loss falls in the way of a power with an offset. A
/// law that has lost a term is admitted too: Defect will say so.
bool ChinchillaSolver::Admissible(const PolishedMinimum& minimum) const {
  const Chinchilla law = minimum.law();
  for (const double number : {law.E, law.A, law.B, law.alpha, law.beta}) {
    if (!std::isfinite(number)) return false;
  }
  if (!HasSizeTerm(law) || !HasDataTerm(law)) return true;
  return law.E >= 0.0 && law.alpha > 0.0 && law.beta > 0.0;
}

/// A law with E = 0 and the same loss and slopes at the middle of the data, or
/// as nearly so as what is held allows.
Chinchilla ChinchillaSolver::WithoutOffset(Chinchilla law) const {
  const double factor = (law.E + law.A + law.B) / (law.A + law.B);
  law = held_.Impose({.E = 0.0,
                      .A = law.A * factor,
                      .B = law.B * factor,
                      .alpha = law.alpha / factor,
                      .beta = law.beta / factor});
  return law;
}

/// The constrained minimum: inside, or else on the bound E = 0, unless the
/// objective falls from there as E rises.
Minimum ChinchillaSolver::Minimise(const Chinchilla& start,
                                   const Minimum* known) {
  const auto as_minimum = [](const PolishedMinimum& polished) {
    return Minimum{.polished = polished, .density = {}};
  };
  const auto inside = MinimiseWithin(held_.Inside(), start, known);
  if (held_.Holds(0) || Admissible(inside)) return as_minimum(inside);
  const auto bound =
      MinimiseWithin(held_.AtGivenE(), WithoutOffset(start), known);
  if (bound.model.slope_by_E >= 0.0) return as_minimum(bound);
  const auto above = MinimiseWithin(held_.Inside(), bound.law());
  return as_minimum(Admissible(above) ? above : bound);
}

std::optional<StudentT> ChinchillaSolver::DensityAt(
    const Chinchilla& law) const {
  std::vector<WeightedResidual> residuals;
  for (const LossPoint& run : objective_.runs()) {
    if (run.weight == 0.0) continue;
    residuals.push_back({objective_.Residual(law, run), run.weight});
  }
  return EstimateStudentT(residuals);
}

std::optional<StudentT> ChinchillaSolver::DensityOfLeastSquares() {
  objective_.set_penalty(Penalty::Squares());
  return DensityAt(Minimise(BestOf(grid_.Starts(objective_)).law).law());
}

/// With kStudentT, goes on from a minimum for a given density, in turn with the
/// density for given residuals, until neither changes.
Minimum ChinchillaSolver::Settle(Minimum minimum) {
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds && minimum.density; ++round) {
    const StudentT before = *minimum.density;
    const auto density = DensityAt(minimum.law());
    if (!density) return {.polished = minimum.polished, .density = {}};
    objective_.set_penalty(Penalty::Student(*density));
    minimum = Minimise(minimum.law());
    minimum.density = density;
    minimum.density_step = LogChange(before, *density);
    if (minimum.density_step < 1e-10) break;
  }
  return minimum;
}

/// Settles every minimum, from the density it was found with; those that end at
/// the same place become one.
void ChinchillaSolver::SettleAll(std::vector<Basin>* basins,
                                 const StudentT& density) {
  std::vector<Basin> settled;
  for (Basin basin : *basins) {
    basin.lowest.density = density;
    if (IsMinimum(basin.lowest.polished) || basins->size() == 1) {
      objective_.set_penalty(Penalty::Student(density));
      basin.lowest = Settle(basin.lowest);
    }
    Merge(basin, &settled);
  }
  *basins = std::move(settled);
}

bool ChinchillaSolver::Agree(double value, double lowest) const {
  // Data without noise have 0 for a minimum: allow residuals of 1e-9.
  const Penalty& penalty = objective_.penalty();
  double nothing = 0.0;
  for (const LossPoint& run : objective_.runs()) {
    nothing += run.weight * (penalty(1e-9).value - penalty(0.0).value);
  }
  return value <= lowest + 1e-9 * std::abs(lowest) + nothing;
}

GlobalMinimum ChinchillaSolver::SolveGlobally() {
  std::optional<StudentT> density;
  if (loss_ == LossKind::kStudentT) {
    density = DensityOfLeastSquares();
    if (density) objective_.set_penalty(Penalty::Student(*density));
  }
  std::vector<Basin> basins;
  GlobalMinimum global;
  for (const Start& start : grid_.Starts(objective_)) {
    Merge({.lowest = Minimise(start.law), .starts = 1}, &basins);
    ++global.starts;
  }
  if (density) SettleAll(&basins, *density);
  const Basin& lowest = *std::ranges::min_element(
      basins, {}, [](const Basin& basin) { return basin.lowest.value(); });
  global.lowest = lowest.lowest;
  global.agreeing = lowest.starts;
  global.distinct_minima =
      static_cast<int>(std::ranges::count_if(basins, [](const Basin& basin) {
        return IsMinimum(basin.lowest.polished);
      }));
  if (global.lowest.density) {
    objective_.set_penalty(Penalty::Student(*global.lowest.density));
  }
  return global;
}

Refit ChinchillaSolver::SolveAgain(std::span<const double> factors,
                                   const Chinchilla& estimate,
                                   const std::optional<StudentT>& density) {
  objective_.SetWeightFactors(factors);
  const auto settled = [&](const Chinchilla& start, const Minimum* known) {
    if (density) objective_.set_penalty(Penalty::Student(*density));
    Minimum minimum = Minimise(start, known);
    minimum.density = density;
    return Settle(minimum);
  };
  const Chinchilla own_start = BestOf(coarse_grid_.Starts(objective_)).law;
  const Minimum near = settled(objective_.units().Centred(estimate), nullptr);
  const Minimum own = settled(own_start, density ? nullptr : &near);
  Refit refit{.law = {}, .escaped = !Agree(near.value(), own.value())};
  const Minimum& lower = refit.escaped ? own : near;
  refit.objective = lower.value();
  if (Defect(lower).empty()) refit.law = LawOf(lower);
  return refit;
}

bool ChinchillaSolver::Converged(const Minimum& minimum) const {
  const PolishedMinimum& polished = minimum.polished;
  const bool on_bound = !held_.Holds(0) && !polished.face.Moves(0);
  const bool falls_by_E = polished.model.slope_by_E <
                          -kSlopeRounding * polished.model.magnitude_by_E;
  return polished.newton_step <= kSettled &&
         minimum.density_step <= kDensitySettled && !(on_bound && falls_by_E);
}

bool ChinchillaSolver::HasSizeTerm(const Chinchilla& law) const {
  return Changes(law.A, law.alpha, objective_.runs(), &LossPoint::log_N);
}

bool ChinchillaSolver::HasDataTerm(const Chinchilla& law) const {
  return Changes(law.B, law.beta, objective_.runs(), &LossPoint::log_D);
}

std::string ChinchillaSolver::Defect(const Minimum& minimum) const {
  const Chinchilla law = minimum.law();
  if (!std::isfinite(minimum.value())) {
    return "the objective is too large for a number";
  }
  if (!HasSizeTerm(law)) {
    return "the loss does not fall with the number of parameters";
  }
  if (!HasDataTerm(law)) {
    return "the loss does not fall with the number of tokens";
  }
  if (loss_ == LossKind::kStudentT && !minimum.density) {
    return "the residuals vanish, so Student's t has no scale";
  }
  if (!(minimum.polished.newton_step < kRunaway)) {
    return "no lowest point was found: parameters can grow without end while "
           "the fit improves or stays as it is";
  }
  if (!(minimum.polished.relative_curvature > kFlat)) {
    return "the optimum is not one point: the parameters can be changed "
           "together without changing the fit";
  }
  if (!(law.alpha > 0.0 && law.beta > 0.0)) {
    return "the loss would have to rise with the number of parameters or of "
           "tokens";
  }
  const Chinchilla given = LawOf(minimum);
  if (!IsCoefficient(given.A) || !IsCoefficient(given.B)) {
    return "A or B is too large or too small for a number";
  }
  return {};
}

Chinchilla ChinchillaSolver::LawOf(const Minimum& minimum) const {
  Chinchilla law = minimum.law();
  if (law.E < kVanishingLoss && !held_.Holds(0)) law.E = 0.0;
  return objective_.units().Given(law);
}

}  // namespace isoflop
