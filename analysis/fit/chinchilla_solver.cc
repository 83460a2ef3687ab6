#include "analysis/fit/chinchilla_solver.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/fit/student_t.h"

namespace isoflop {
namespace {

/// Enough for every start to be near some other; see tests/fit for how many
/// agree.
constexpr int kGridExponents = 8;
constexpr int kCoarseGridExponents = 5;

/// A law whose term changes the loss by less than this share has no such term.
constexpr double kVanishing = 1e-7;

/// An E below this share of the loss is rounding.
constexpr double kRounding = 1e-13;

/// A point that Newton's method would leave by this much is no minimum.
constexpr double kRunaway = 1e-4;

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

bool SamePlace(const PolishedMinimum& a, const PolishedMinimum& b) {
  const Chinchilla p = a.law();
  const Chinchilla q = b.law();
  const double ratio =
      std::max(std::abs(std::log(p.A / q.A)), std::abs(std::log(p.B / q.B)));
  const double difference =
      std::max({std::abs(p.E - q.E), std::abs(p.alpha - q.alpha),
                std::abs(p.beta - q.beta)});
  return std::max(ratio, difference) < 1e-3;
}

int CountDistinct(const std::vector<Minimum>& minima) {
  std::vector<const PolishedMinimum*> distinct;
  for (const Minimum& minimum : minima) {
    const PolishedMinimum& here = minimum.polished;
    const bool known = std::ranges::any_of(
        distinct, [&](const auto* other) { return SamePlace(*other, here); });
    if (IsMinimum(here) && !known) distinct.push_back(&here);
  }
  return static_cast<int>(distinct.size());
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

/// A law with E = 0 and the same loss and slopes at the middle of the data.
Chinchilla WithoutOffset(Chinchilla law) {
  const double factor = (law.E + law.A + law.B) / (law.A + law.B);
  return {.E = 0.0,
          .A = law.A * factor,
          .B = law.B * factor,
          .alpha = law.alpha / factor,
          .beta = law.beta / factor};
}

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
      grid_(objective_, kGridExponents),
      coarse_grid_(objective_, kCoarseGridExponents) {}

/// Goes down from `start`; with kLad by way of ever sharper stand-ins for |r|.
PolishedMinimum ChinchillaSolver::MinimiseWithin(Face face,
                                                 const Chinchilla& start) {
  const auto lower = [&](const Vector5& point) {
    return Polish(objective_, face, Descend(objective_, face, point));
  };
  if (loss_ != LossKind::kLad) return lower(PointOf(face, start));
  PolishedMinimum minimum;
  minimum.point = PointOf(face, start);
  for (const double delta : kLadDeltas) {
    objective_.set_penalty(Penalty::SmoothedLad(delta));
    minimum = lower(minimum.point);
  }
  return minimum;
}

/// Whether E >= 0 and the loss falls in the way of a power with an offset. A
/// law that has lost a term is admitted too: Defect will say so.
bool ChinchillaSolver::Admissible(const PolishedMinimum& minimum) const {
  const Chinchilla law = minimum.law();
  if (!HasSizeTerm(law) || !HasDataTerm(law)) return true;
  return law.E >= 0.0 && law.alpha > 0.0 && law.beta > 0.0;
}

/// The constrained minimum: inside, or else on the bound E = 0, unless the
/// objective falls from there as E rises.
Minimum ChinchillaSolver::Minimise(const Chinchilla& start) {
  const PolishedMinimum inside = MinimiseWithin(Face::kInside, start);
  if (Admissible(inside)) return {.polished = inside, .density = {}};
  const PolishedMinimum bound =
      MinimiseWithin(Face::kWithoutE, WithoutOffset(start));
  if (bound.model.slope_by_E >= 0.0) {
    return {.polished = bound, .density = {}};
  }
  const PolishedMinimum above = MinimiseWithin(Face::kInside, bound.law());
  return {.polished = Admissible(above) ? above : bound, .density = {}};
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
    const double change = std::abs(std::log(density->scale / before.scale));
    if (change < 1e-8) break;
  }
  return minimum;
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
  const std::vector<Start> starts = grid_.Starts(objective_);
  std::vector<Minimum> minima;
  minima.reserve(starts.size());
  for (const Start& start : starts) minima.push_back(Minimise(start.law));
  const auto lowest = std::ranges::min_element(minima, {}, &Minimum::value);
  GlobalMinimum global;
  global.starts = static_cast<int>(minima.size());
  global.agreeing =
      static_cast<int>(std::ranges::count_if(minima, [&](const Minimum& m) {
        return Agree(m.value(), lowest->value());
      }));
  global.distinct_minima = CountDistinct(minima);
  lowest->density = density;
  global.lowest = Settle(*lowest);
  return global;
}

Refit ChinchillaSolver::SolveAgain(std::span<const double> factors,
                                   const Chinchilla& estimate,
                                   const std::optional<StudentT>& density) {
  objective_.SetWeightFactors(factors);
  if (density) objective_.set_penalty(Penalty::Student(*density));
  Minimum near = Minimise(objective_.Centred(estimate));
  Minimum own = Minimise(BestOf(coarse_grid_.Starts(objective_)).law);
  Refit refit{.law = {}, .escaped = !Agree(near.value(), own.value())};
  Minimum& lower = refit.escaped ? own : near;
  lower.density = density;
  const Minimum settled = Settle(lower);
  if (Defect(settled).empty()) refit.law = LawOf(settled);
  return refit;
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
  const Chinchilla given = LawOf(minimum);
  if (!std::isfinite(given.A) || !std::isfinite(given.B)) {
    return "A or B is too large for a number";
  }
  return {};
}

Chinchilla ChinchillaSolver::LawOf(const Minimum& minimum) const {
  Chinchilla law = minimum.law();
  if (law.E < kRounding) law.E = 0.0;
  return objective_.InGivenUnits(law);
}

}  // namespace isoflop
